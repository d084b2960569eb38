"""A whole sealed submission of VSC-ENV: stations, hourly observations, day AQI, envelopes, manifest."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson

from fixtures.sample_city.city import ENVIRONMENT, PROVINCE, code_list, local
from tests.bench.air import END, Record, as_canonical, as_lines, day_records, members, series, station_name
from tests.bench.env_faults import FAULTS
from tests.bench.text import replaced
from validator.canonical import canonical

HOURS = {100_000: 800, 1_000_000: 2_500, 20_000_000: 8_000}
"""Hours of each station in a submission of so many records; other sizes take the shortest."""
AS_OF = local(END + timedelta(hours=9))
OBSERVATION = "data/observation.jsonl"
CODE_LISTS = (("vn-aqi-breakpoint", "2019-11-12"), ("vn-aqi-band", "2019-11-12"))


@dataclass(slots=True)
class Sealed:
    """A file of records being written: its digest and that of the canonical form of its records."""

    stream: IO[bytes]
    file: Any = field(default_factory=hashlib.sha256)
    records: Any = field(default_factory=lambda: hashlib.sha256(b"["))
    pending: bytes = b""

    def write(self, text: bytes, canonical_with_commas: bytes) -> None:
        self.stream.write(text)
        self.file.update(text)
        if canonical_with_commas:
            self.records.update(self.pending)
            self.records.update(canonical_with_commas[:-1])
            self.pending = b","

    def checksum(self) -> str:
        closed = self.records.copy()
        closed.update(b"]")
        return f"sha256:{closed.hexdigest()}"


def hours_of(records: int) -> int:
    return HOURS.get(records, min(HOURS.values()))


def write_submission(root: Path, records: int, rate: float, seed: int) -> None:
    """Writes the submission into `root`; a share `rate` of its observations is wrong in one way or another."""
    hours = hours_of(records)
    stations = max(1, records // hours)
    (root / "data").mkdir(parents=True)
    with (root / OBSERVATION).open("wb") as lines, (root / "data/aqi.jsonl").open("wb") as days:
        observed, indices = Sealed(lines), Sealed(days)
        for number in range(stations):
            found = series(seed, number, hours)
            _write_hours(observed, members(found), hours, random.Random(f"{seed}/{number}"), rate)
            for record in day_records(found):
                indices.write(orjson.dumps(record) + b"\n", canonical(record) + b",")
    span = (END - timedelta(hours=hours), END - timedelta(hours=1))
    files = {
        "observation": (OBSERVATION, observed, envelope("observation", local(span[0]), local(span[1]), "PT1H")),
        "aqi": ("data/aqi.jsonl", indices, envelope("aqi", local(span[0])[:10], local(span[1])[:10], "P1D")),
    }
    listed = [{"dataset": "VSC-ENV/station", "files": [_stations(root, stations)]}]
    for name, (path, sealed, head) in files.items():
        beside = f"data/{name}.envelope.json"
        write_document(root / beside, {**head, "checksum": sealed.checksum()})
        entry = {"path": path, "format": "jsonl", "envelope": beside, "sha256": sealed.file.hexdigest()}
        listed.append({"dataset": f"VSC-ENV/{name}", "files": [entry]})
    write_document(root / "manifest.json", manifest(listed))


def _write_hours(out: Sealed, parts: Mapping[str, Any], hours: int, dice: random.Random, rate: float) -> None:
    lines, sealed = as_lines(dict(parts), hours), as_canonical(dict(parts), hours)
    chosen = np.array([row for row in range(hours) if rate and dice.random() < rate], np.int64)
    wrong = [_spoilt(orjson.loads(lines[row][lines[row] != 0].tobytes()), dice) for row in chosen]
    out.write(
        replaced(lines, chosen, [orjson.dumps(record) + b"\n" for record in wrong]),
        replaced(sealed, chosen, [canonical(record) + b"," for record in wrong]),
    )


def _spoilt(record: Record, dice: random.Random) -> Record:
    FAULTS[dice.choice(tuple(FAULTS))](record, dice)
    return record


def station_records(stations: int) -> Iterator[Record]:
    communes = [row["code"] for row in code_list("vn-commune", "2026-04-30") if row["province_code"] == PROVINCE]
    kinds = ("nen", "giao_thong", "cong_nghiep")
    for number in range(stations):
        yield {
            "station_id": station_name(number), "type": kinds[number % 3],
            "location": {"type": "Point", "coordinates": [108 + number % 97 / 1000, 15.9 + number % 89 / 1000]},
            "commune_code": communes[number % len(communes)],
        }  # fmt: skip


def _stations(root: Path, stations: int) -> dict[str, str]:
    records = list(station_records(stations))
    head = envelope("station", local(END)[:10], local(END)[:10], "P1D")
    checksum = "sha256:" + hashlib.sha256(canonical(records)).hexdigest()
    path = root / "data/station.json"
    write_document(path, {**head, "checksum": checksum, "records": records})
    return {"path": "data/station.json", "format": "json", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def envelope(dataset: str, since: str, until: str, every: str) -> Record:
    """An envelope but for its checksum."""
    number = sum(map(ord, dataset))
    return {
        "standard": "VSC-ENV", "version": "1.0", "dataset_id": f"urn:uuid:9b0d6f0e-6d0e-4e0a-9a55-5d1f1b1c{number:04d}",
        "locality": {"province_code": PROVINCE, "commune_code": None},
        "provider": {"org_code": ENVIRONMENT.code, "name": ENVIRONMENT.name},
        "generated_at": local(END + timedelta(hours=1)), "data_from": since, "data_through": until,
        "available_at": local(END + timedelta(hours=2)), "periodicity": every, "disclosure": "public",
        "license": "CC-BY-4.0", "lang": "vi",
        "codelists": [{"id": name, "edition": edition} for name, edition in CODE_LISTS], "supersedes": None,
    }  # fmt: skip


def manifest(datasets: list[dict[str, Any]]) -> Record:
    return {
        "lienthong": "1.0", "submission": "do-kiem-hieu-nang", "submitted_at": AS_OF,
        "vendor": {"name": "Đơn vị mô phỏng cho phép đo hiệu năng"},
        "product": {"name": "Dữ liệu sinh tự động", "version": "1.0"},
        "localities": [{"province_code": PROVINCE}],
        "claims": [{"standard": "VSC-ENV", "version": "1.0", "class": "standard"}], "datasets": datasets,
    }  # fmt: skip


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
