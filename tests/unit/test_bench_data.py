"""The benchmark's data are seeded, right where they should be right and wrong where they should be wrong."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import numpy as np
import orjson
import pytest
from lxml import etree

from tests.bench import env, env_faults, reference, variants, xml_data
from tests.bench.data import Data
from tests.bench.text import decimals, integers, replaced, rows, squeezed
from validator.run import Options, validate

RECORDS = 2_400


def digest(folder: Path) -> str:
    text = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    return hashlib.sha256(text).hexdigest()


def submission(folder: Path, rate: float = 0.0, seed: int = 1, records: int = RECORDS) -> Path:
    env.write_submission(folder / "plain", records, rate, seed)
    return folder / "plain"


def report(folder: Path) -> dict[str, Any]:
    return validate(folder, Options(as_of=datetime.fromisoformat(env.AS_OF)))


def undecided(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(r["requirement"], r["cause"]) for r in found["results"] if r["outcome"] == "cantTell"]


def judge() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(orjson.loads(reference.SCHEMA.read_bytes()), validate_formats=True)


@pytest.mark.parametrize("rate", [0.0, 0.05])
def test_one_seed_gives_one_file(rate: float) -> None:
    once, again, other = (b"".join(reference.lines(seed, 3_000, rate)) for seed in (1, 1, 2))

    assert once == again
    assert once != other


def test_the_clean_reference_data_fit_their_schema_at_about_440_bytes() -> None:
    lines = b"".join(reference.lines(1, 3_000, 0.0)).splitlines()

    assert len(lines) == 3_000
    assert all(map(judge().is_valid, map(orjson.loads, lines)))
    assert 420 < sum(map(len, lines)) / len(lines) < 460


def test_the_asked_share_of_the_reference_data_is_wrong() -> None:
    lines = b"".join(reference.lines(1, 5_000, 0.1)).splitlines()

    assert 400 < sum(not judge().is_valid(orjson.loads(line)) for line in lines) < 600


@pytest.mark.parametrize("kind", reference.FAULTS)
def test_each_fault_of_the_reference_data_is_refused_by_the_schema(kind: str) -> None:
    record = orjson.loads(next(iter(reference.lines(1, 1, 0.0))))
    reference.FAULTS[kind](record, random.Random(1))

    assert not judge().is_valid(record)


def test_a_submission_of_one_seed_is_one_submission(tmp_path: Path) -> None:
    once, again, other = (digest(submission(tmp_path / str(n), 0.02, seed)) for n, seed in enumerate((1, 1, 2)))

    assert once == again
    assert once != other


def test_the_clean_submission_has_no_finding_and_lacks_but_the_grade_of_evidence(tmp_path: Path) -> None:
    found = report(submission(tmp_path))

    assert found["summary"]["findings_count"] == 0
    assert undecided(found) == [("VSC-ENV-R06", "evidence")]


@pytest.mark.parametrize("make", [variants.submission_of_csv, variants.submission_of_json])
def test_its_other_forms_are_as_clean(tmp_path: Path, make: Any) -> None:
    make(submission(tmp_path), tmp_path / "other")
    found = report(tmp_path / "other")

    assert found["summary"]["findings_count"] == 0
    assert undecided(found) == [("VSC-ENV-R06", "evidence")]


@pytest.mark.parametrize("kind", env_faults.FAULTS)
def test_each_fault_of_a_submission_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(env, "FAULTS", {kind: env_faults.FAULTS[kind]})

    assert report(submission(tmp_path, 0.02, records=800))["summary"]["findings_count"] > 0


def test_a_spoilt_submission_is_still_sealed(tmp_path: Path) -> None:
    """Checksums and digests are those of the files as they are: no requirement of the envelope fails."""
    found = report(submission(tmp_path, 0.05))

    assert {r["outcome"] for r in found["results"] if r["requirement"] == "VSC-CORE-R03"} <= {"passed", "cantTell"}


@pytest.mark.parametrize("rate", [0.0, 0.05])
def test_the_xml_document_is_as_its_schema_wants_but_for_the_share_asked(tmp_path: Path, rate: float) -> None:
    schema = etree.XMLSchema(etree.parse(xml_data.SCHEMA))
    root = etree.fromstring(b"".join(xml_data.document(500, rate, 1)))

    assert len(root) == 500
    assert schema.validate(root) == (rate == 0)


def test_every_form_holds_the_same_records(tmp_path: Path) -> None:
    data = Data(tmp_path, lambda _: None)
    plain = [orjson.loads(line) for line in data.reference(200, 0.0).read_bytes().splitlines()]
    features = orjson.loads(data.variant("geojson", 200, 0.0).read_bytes())["features"]

    assert [orjson.loads(line) for line in data.variant("shuffled", 200, 0.0).read_bytes().splitlines()] == plain
    assert [orjson.loads(line) for line in data.variant("spaced", 200, 0.0).read_bytes().splitlines()] == plain
    assert orjson.loads(data.variant("array", 200, 0.0).read_bytes()) == plain
    assert [{**f["properties"], "location": f["geometry"]} for f in features] == plain


def test_data_are_made_once_and_anew_when_their_generators_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    data = Data(tmp_path, told.append)
    for _ in range(2):
        data.reference(10, 0.0)
    made_once = len(told)
    monkeypatch.setattr("tests.bench.data.generators_digest", lambda: "other")
    data.reference(10, 0.0)

    assert (made_once, len(told)) == (1, 2)


def test_numbers_are_written_shortest() -> None:
    values = np.array([0, 5, 1200, 123_000, 987_654], np.int64)
    line_feed = [b"\n"]

    assert squeezed(rows([integers(values, 6), *line_feed], 5)) == b"0\n5\n1200\n123000\n987654\n"
    assert squeezed(rows([decimals(values, 3, 3), *line_feed], 5)) == b"0\n0.005\n1.2\n123\n987.654\n"


def test_rows_are_replaced_in_their_place() -> None:
    matrix = rows([integers(np.arange(4), 1), b"\n"], 4)

    assert replaced(matrix, np.array([0, 2]), [b"a\n", b"b\n"]) == b"a\n1\nb\n3\n"
