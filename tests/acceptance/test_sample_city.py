"""The sample city conforms; its faulty twin is told every fault that was put into it, and nothing else."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fixtures.sample_city.distort import matches
from fixtures.sample_city.faulty import FAULTY, listed, spoil, together, write_faulty
from fixtures.sample_city.good import STANDARDS, write_city
from validator.cli.main import main
from validator.resources import data_folder
from validator.run import Options, validate

SUBMISSIONS = data_folder("fixtures") / "submissions"
GOOD = "thanh-pho-mau"
AS_OF, MUCH_LATER = "2026-11-23T09:00:00+07:00", "2031-01-01T00:00:00+07:00"
TRAPS = {
    "vn2000-unshifted", "swapped-axes", "us-breakpoints", "leading-zeros", "nfd", "pre-2025-codes", "bom",
    "budget-off-by-1000", "naive-times", "fake-freshness", "cap-z", "cap-lon-lat", "personal-numbers", "null-words",
    "duplicate-keys", "tcvn3-mojibake", "wrong-checksum", "cumulation-break", "sum-off-by-one", "far-too-large",
    "carried-forward-missing", "overlapping-plans", "overlapping-zones", "expired-alert", "co-milligrams", "z-on-time",
}  # fmt: skip
Report = Mapping[str, Any]
Outcome = tuple[int, Report]


def run(name: str, out: Path, jobs: int = 1, as_of: str = AS_OF) -> Outcome:
    """The exit code and report of one run of the command line."""
    given = ["validate", str(SUBMISSIONS / name), "--as-of", as_of, "--jobs", str(jobs)]
    code = main([*given, "--max-findings", "1000", "--format", "json", "--out", str(out)])
    return code, json.loads((out / "report.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run(GOOD, tmp_path_factory.mktemp("good"))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run(FAULTY, tmp_path_factory.mktemp("faulty"))


def findings(report: Report) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every finding with the requirement that it breaks."""
    for result in report["results"]:
        for finding in result["findings"]:
            yield result["requirement"], finding


def failed(report: Report) -> set[str]:
    return {result["requirement"] for result in report["results"] if result["outcome"] == "failed"}


def expected(faults: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(fault["id"], item) for fault in faults for item in fault["expect"]]


def records(path: Path) -> list[Any]:
    """The records of a data file in their order."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    document = json.loads(text)
    return list(document.get("records") or document.get("features"))


def place(root: Path, item: Mapping[str, Any]) -> dict[str, Any]:
    """Where an expectation says that a finding stands; its record is told by its values, once."""
    wanted = {"file": item["file"], "pointer": item.get("pointer"), "record": None}
    if "record" in item:
        found = [n for n, r in enumerate(records(root / item["file"]), start=1) if matches(r, item["record"])]
        assert found, f"no record of {item['file']} is {item['record']}"
        wanted["record"] = found[0]
    return {name: value for name, value in wanted.items() if value is not None}


def stands(finding: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    return all(finding["location"][name] == value for name, value in where.items())


def problems(root: Path, report: Report, faults: list[dict[str, Any]]) -> list[str]:
    """Expectations that a report does not meet, as sentences."""
    counts = {r["requirement"]: r["findings_count"] for r in report["results"] if r["outcome"] == "failed"}
    told = []
    for name, item in expected(faults):
        requirement, where, message = item["requirement"], place(root, item), f".{item.get('message', '')}"
        there = [f for r, f in findings(report) if r == requirement and stands(f, where) and message in f["message_id"]]
        if not there:
            told.append(f"{name}: no finding of {requirement} at {where}")
        if item.get("count", counts.get(requirement)) != counts.get(requirement):
            told.append(f"{name}: {requirement} has {counts.get(requirement)} findings, not {item['count']}")
    return told


def digest(root: Path) -> str:
    """One digest over the names and bytes of a folder."""
    total = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        total.update(f"{path.relative_to(root)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def test_the_good_city_conforms_to_all_six_at_class_standard(good: Outcome) -> None:
    code, report = good
    unsure = {r["requirement"] for r in report["results"] if r["outcome"] in ("cantTell", "untested")}

    assert (code, failed(report), unsure) == (0, set(), set())
    assert {(v["standard"], v["class"], v["verdict"]) for v in report["verdicts"] if v["class"] == "standard"} == {
        (name, "standard", "conformant") for name in STANDARDS
    }


def test_the_good_city_still_conforms_years_later(tmp_path: Path) -> None:
    code, report = run(GOOD, tmp_path, as_of=MUCH_LATER)

    assert (code, failed(report)) == (0, set())


def test_the_faulty_city_fails_what_was_broken_and_nothing_else(faulty: Outcome) -> None:
    code, report = faulty

    assert code == 1
    assert failed(report) == {item["requirement"] for _, item in expected(together())}
    assert {r["requirement"] for r in report["results"] if r["cause"] == "error"} == set()


def test_every_fault_is_found_at_its_place(faulty: Outcome) -> None:
    assert problems(SUBMISSIONS / FAULTY, faulty[1], together()) == []


def test_what_is_lawful_is_not_reported(faulty: Outcome) -> None:
    quiet = [(d["id"], item, place(SUBMISSIONS / FAULTY, item)) for d in listed()["decoys"] for item in d["quiet"]]
    reported = [
        (name, requirement, finding["message"]["en"])
        for name, item, where in quiet
        for requirement, finding in findings(faulty[1])
        if item.get("requirement", requirement) == requirement and stands(finding, where)
    ]

    assert reported == []


@pytest.mark.parametrize("fault", [f for f in listed()["faults"] if f.get("alone")], ids=lambda f: f["id"])
def test_a_fault_that_others_would_hide_is_found_alone(fault: dict[str, Any], tmp_path: Path) -> None:
    city = Path(shutil.copytree(SUBMISSIONS / GOOD, tmp_path / "city"))
    spoil(city, [fault])
    standard = fault["expect"][0]["requirement"].rpartition("-")[0]
    report = validate(city, Options(as_of=datetime.fromisoformat(AS_OF), standard=standard))

    assert failed(report) == {item["requirement"] for item in fault["expect"]}
    assert problems(city, report, [fault]) == []


def test_the_list_of_faults_is_as_wide_as_the_six_standards() -> None:
    faults, decoys = listed()["faults"], listed()["decoys"]
    requirements = {item["requirement"] for _, item in expected(together())}
    names = [entry["id"] for entry in (*faults, *decoys)]

    assert len(names) == len(set(names))
    assert len(together()) >= 28
    assert len(requirements) >= 25
    assert {name.rpartition("-")[0] for name in requirements} == set(STANDARDS)
    assert {entry.get("trap") for entry in (*faults, *decoys)} >= TRAPS


def test_the_generator_writes_the_committed_cities(tmp_path: Path) -> None:
    write_city(tmp_path / GOOD)
    write_faulty(tmp_path / GOOD, tmp_path / FAULTY)

    assert digest(tmp_path / GOOD) == digest(SUBMISSIONS / GOOD)
    assert digest(tmp_path / FAULTY) == digest(SUBMISSIONS / FAULTY)


def test_the_good_city_gives_one_digest_with_one_process_and_two(good: Outcome, tmp_path: Path) -> None:
    assert run(GOOD, tmp_path, jobs=2)[1]["digest"] == good[1]["digest"]


def test_the_faulty_city_gives_one_digest_with_one_process_and_two(faulty: Outcome, tmp_path: Path) -> None:
    assert run(FAULTY, tmp_path, jobs=2)[1]["digest"] == faulty[1]["digest"]
