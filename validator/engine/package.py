"""What the package says of itself, as the tables `sub.*` and `run.info`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa

from validator.canonical import digest
from validator.engine.store import Store
from validator.model.standard import Standard
from validator.model.submission import Observation, Submission
from validator.observe.read_json import read_json_lines

VIETNAM = timezone(timedelta(hours=7))
_TIME = pa.timestamp("us")

_KINDS = {"text": pa.string(), "time": _TIME, "int": pa.int64(), "bool": pa.bool_(), "date": pa.date32()}


def table_schema(declared: str) -> pa.Schema:
    """An Arrow schema from words such as `file:text records:int`."""
    fields = [field.partition(":") for field in declared.split()]
    return pa.schema([pa.field(name, _KINDS[kind]) for name, _, kind in fields])


FILE = table_schema(
    "file:text standard:text dataset:text format:text bytes:int sha256:text stated_sha256:text edition_of:text "
    "records:int unusable:int"
)
ENVELOPE = table_schema(
    "file:text standard:text dataset:text dataset_id:text province_code:text commune_code:text org_code:text "
    "generated_at:time data_from:time data_through:time available_at:time periodicity:text disclosure:text "
    "license:text supersedes:text checksum_stated:text checksum_computed:text stated_standard:text "
    "stated_version:text sidecar:text"
)
DELIVERY = table_schema(
    "file:text standard:text dataset:text line:int key:text subject_time:time data_through:time available_at:time "
    "received_at:time bytes:int sha256:text status:text chained:bool"
)
DESCRIPTOR = table_schema(
    "file:text standard:text dataset:text descriptor:text position:int name:text type:text format:text"
)

COLUMN = table_schema("standard:text dataset:text name:text type:text")
_WORD = {"BIGINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime"}


def instant(value: Any) -> datetime | None:
    """An RFC 3339 text as Vietnamese civil time; a date is its midnight; None when it is neither."""
    if not isinstance(value, str):
        return None
    try:
        if len(value) == 10:
            return datetime.combine(date.fromisoformat(value), datetime.min.time())
        moment = datetime.fromisoformat(value)
        return None if moment.tzinfo is None else moment.astimezone(VIETNAM).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def split_id(dataset: str | None) -> tuple[str, str]:
    standard, _, name = (dataset or "").partition("/")
    return standard, name


@dataclass(frozen=True, slots=True)
class EnvelopeSeen:
    """The envelope of one data file, with the checksum recomputed from its records (or None)."""

    observation: Observation
    document: Mapping[str, Any]
    checksum: str | None
    sidecar: str | None


def envelope_row(seen: EnvelopeSeen) -> dict[str, Any]:
    standard, name = split_id(seen.observation.dataset)
    document = seen.document
    locality = _mapping(document.get("locality"))
    times = {n: instant(document.get(n)) for n in ("generated_at", "data_from", "data_through", "available_at")}
    texts = {n: _text(document.get(n)) for n in ("dataset_id", "periodicity", "disclosure", "license", "supersedes")}
    return {
        "file": seen.observation.name, "standard": standard, "dataset": name, **texts, **times,
        "province_code": _text(locality.get("province_code")), "commune_code": _text(locality.get("commune_code")),
        "org_code": _text(_mapping(document.get("provider")).get("org_code")),
        "checksum_stated": _text(document.get("checksum")), "checksum_computed": seen.checksum,
        "stated_standard": _text(document.get("standard")), "stated_version": _text(document.get("version")),
        "sidecar": seen.sidecar,
    }  # fmt: skip


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def create_package_tables(tables: Store, submission: Submission, as_of: datetime) -> None:
    """Tables from the manifest: locality, calendar, exclusions, inputs, claims, answers."""
    manifest = submission.manifest
    localities = [
        {"province_code": item["province_code"], "commune_code": code}
        for item in manifest.get("localities", ())
        for code in item.get("commune_codes") or [None]
    ]
    tables.create("sub.locality", table_schema("province_code:text commune_code:text"), localities)
    days = [{**item, "date": date.fromisoformat(item["date"])} for item in manifest.get("calendar", ())]
    tables.create("sub.holiday", table_schema("date:date working:bool note:text"), days)
    excluded = manifest.get("excluded_communes", ())
    tables.create("sub.excluded", table_schema("commune_code:text reason:text"), excluded)
    inputs = [{"name": n, "value": v} for n, values in manifest.get("inputs", {}).items() for v in values]
    tables.create("sub.input", table_schema("name:text value:text"), inputs)
    claims = [{"standard": c.standard, "class": c.conformance_class.value} for c in submission.claims]
    tables.create("sub.claim", table_schema("standard:text class:text"), claims)
    answers = [{"requirement": n, "answer": a["answer"]} for n, a in manifest.get("statement", {}).items()]
    tables.create("sub.answer", table_schema("requirement:text answer:text"), answers)
    tables.create("run.info", table_schema("as_of:time"), [{"as_of": as_of}])


def delivery_rows(log: Observation) -> Iterator[dict[str, Any]]:
    """Lines of the delivery log with `chained` telling whether the hash chain holds up to each line."""
    previous, holds = "", True
    for batch in read_json_lines(log.path, log.name, 0, log.size):
        for number, entry in zip(batch.lines, batch.values, strict=True):
            if not isinstance(entry, dict):
                holds = False
                continue
            stated = entry.get("hash")
            bare = {name: value for name, value in entry.items() if name != "hash"}
            holds = holds and entry.get("prev") == previous and stated == digest(bare).removeprefix("sha256:")
            previous = stated if isinstance(stated, str) else ""
            standard, name = split_id(_text(entry.get("dataset")))
            size = entry.get("bytes")
            yield {
                "file": log.name, "standard": standard, "dataset": name, "line": number, "chained": holds,
                "bytes": size if type(size) is int and 0 <= size < 2**62 else None,
                **{n: instant(entry.get(n)) for n in ("subject_time", "data_through", "available_at", "received_at")},
                **{n: _text(entry.get(n)) for n in ("key", "sha256", "status")},
            }  # fmt: skip


def descriptor_rows(observation: Observation, document: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Fields of a CSV descriptor (Frictionless Table Schema shape), in order."""
    standard, name = split_id(observation.dataset)
    schema = _mapping(document.get("schema")) or document
    fields = schema.get("fields")
    sidecar = observation.descriptor[0] if observation.descriptor else None
    for position, field in enumerate(fields if isinstance(fields, list) else ()):
        if isinstance(field, Mapping):
            yield {
                "file": observation.name, "standard": standard, "dataset": name, "descriptor": sidecar,
                "position": position, "name": _text(field.get("name")), "type": _text(field.get("type")),
                "format": _text(field.get("format")),
            }  # fmt: skip


def column_rows(standards: Iterable[Standard]) -> Iterator[dict[str, Any]]:
    """The columns of every dataset with the types that a descriptor calls them by."""
    for dataset in (d for s in standards for d in s.datasets.values()):
        for column in dataset.columns:
            word = "array" if column.sql_type.endswith("[]") else _WORD.get(column.sql_type, "string")
            yield {"standard": dataset.standard, "dataset": dataset.name, "name": column.name, "type": word}
