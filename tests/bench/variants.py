"""The same records in other clothes: shuffled members, spaces, one array, GeoJSON features, CSV, a JSON document."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from tests.bench.env import OBSERVATION, write_document
from validator.seal import records_checksum

Record = dict[str, Any]
LINES_AT_ONCE = 10_000
CSV_FIELDS = {
    "station_id": "string", "hour": "datetime", "unit": "string", "pm25": "number", "pm10": "number", "o3": "number",
    "no2": "number", "so2": "number", "co": "number", "valid_minutes": "integer", "quality_flag": "string",
    "device_status": "string", "available_at": "datetime",
}  # fmt: skip


def _blocks(path: Path) -> Iterator[list[bytes]]:
    with path.open("rb") as lines:
        while block := list(islice(lines, LINES_AT_ONCE)):
            yield block


def _rewritten(change: Callable[[Record], bytes], source: Path, target: Path) -> None:
    with target.open("wb") as out:
        for block in _blocks(source):
            out.write(b"".join(change(orjson.loads(line)) + b"\n" for line in block))


def shuffled(source: Path, target: Path) -> None:
    """JSON Lines with the members of each record in an order of its own."""
    dice = random.Random(target.name)

    def change(record: Record) -> bytes:
        names = list(record)
        dice.shuffle(names)
        return orjson.dumps({name: record[name] for name in names})

    _rewritten(change, source, target)


def spaced(source: Path, target: Path) -> None:
    """JSON Lines with a space after each comma and colon, as Python's json writes them."""
    _rewritten(lambda record: json.dumps(record, ensure_ascii=False).encode(), source, target)


def array(source: Path, target: Path) -> None:
    """One JSON array, a record a line."""
    _wrapped(source, target, b"[\n", b"\n]\n")


def geojson(source: Path, target: Path) -> None:
    """A FeatureCollection: the location is the geometry, all else the properties."""

    def change(line: bytes) -> bytes:
        record = orjson.loads(line)
        geometry = record.pop("location", None)
        return orjson.dumps({"type": "Feature", "geometry": geometry, "properties": record})

    _wrapped(source, target, b'{"type":"FeatureCollection","features":[\n', b"\n]}\n", change)


def feature_schema(schema: Record) -> Record:
    """The schema of such a feature."""
    members = {name: inner for name, inner in schema["properties"].items() if name != "location"}
    required = [name for name in schema["required"] if name != "location"]
    inner = {**schema, "properties": members, "required": required}
    head = {name: inner.pop(name) for name in ("$schema", "$id", "title")}
    return {
        **head, "type": "object", "additionalProperties": False, "required": ["type", "geometry", "properties"],
        "properties": {"type": {"const": "Feature"}, "geometry": schema["properties"]["location"], "properties": inner},
    }  # fmt: skip


def _wrapped(
    source: Path, target: Path, before: bytes, after: bytes, change: Callable[[bytes], bytes] = bytes.rstrip
) -> None:
    with target.open("wb") as out:
        out.write(before)
        for number, block in enumerate(_blocks(source)):
            out.write(b",\n" if number else b"")
            out.write(b",\n".join(map(change, block)))
        out.write(after)


def table(source: Path, target: Path) -> None:
    """CSV (RFC 4180) of hourly observations; a null is an empty cell."""
    with target.open("w", encoding="utf-8", newline="") as out:
        for number, block in enumerate(_blocks(source)):
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerows([list(CSV_FIELDS)] if number == 0 else [])
            writer.writerows(_cells(map(orjson.loads, block)))
            out.write(text.getvalue())


def _cells(records: Iterable[Record]) -> Iterator[list[Any]]:
    for record in records:
        yield [record.get(name) for name in CSV_FIELDS]


def submission_of_csv(source: Path, root: Path) -> None:
    """A copy of the submission whose observations are CSV with a descriptor."""
    manifest, entry = _copied(source, root)
    target = root / "data/observation.csv"
    table(source / OBSERVATION, target)
    fields = [{"name": name, "type": kind} for name, kind in CSV_FIELDS.items()]
    write_document(root / "data/observation.descriptor.json", {"path": target.name, "schema": {"fields": fields}})
    head = json.loads((source / entry["envelope"]).read_text(encoding="utf-8"))
    checksum = records_checksum(target, "VSC-ENV/observation", "csv")
    write_document(root / entry["envelope"], {**head, "checksum": checksum or head["checksum"]})
    entry.update(path="data/observation.csv", format="csv", descriptor="data/observation.descriptor.json")
    _sealed(root, manifest, entry)


def submission_of_json(source: Path, root: Path) -> None:
    """A copy of the submission whose observations are one JSON document with its envelope inside."""
    manifest, entry = _copied(source, root)
    head = json.loads((source / entry.pop("envelope")).read_text(encoding="utf-8"))
    opened = json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "records": [\n'
    _wrapped(source / OBSERVATION, root / "data/observation.json", opened, b"\n]}\n")
    entry.update(path="data/observation.json", format="json")
    _sealed(root, manifest, entry)


def _copied(source: Path, root: Path) -> tuple[Record, Record]:
    """The folder without its observations, its manifest, and the entry of the observations in it."""
    shutil.copytree(source, root, ignore=shutil.ignore_patterns("observation.*"))
    manifest: Record = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    entry = next(d["files"][0] for d in manifest["datasets"] if d["dataset"] == "VSC-ENV/observation")
    return manifest, entry


def _sealed(root: Path, manifest: Record, entry: Record) -> None:
    with (root / entry["path"]).open("rb") as stream:
        entry["sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
    write_document(root / "manifest.json", manifest)
