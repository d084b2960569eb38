"""What is measured: groups of cases, each with its data, its peers and ours."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.bench import env, xml_data
from tests.bench.agreement import compare
from tests.bench.attest import attest
from tests.bench.data import Data
from tests.bench.process import run
from tests.bench.programs import ROOT, Entry, Programs, validated
from tests.bench.reference import SCHEMA
from tests.bench.results import OURS, Row, Table
from tests.bench.variants import feature_schema
from validator.catalogue.load import find_standard

RATES = {"clean": 0.0, "1 % wrong": 0.01, "10 % wrong": 0.1, "all wrong": 1.0}
TWENTY_MILLION = 20_000_000
XML_RECORDS = 600_000
SLOW_SAMPLE = 5_000
STARTS = 10
MEMORY_EVERY_S, LARGE_MEMORY_EVERY_S = 0.05, 0.5
CSV, DOCUMENT = "observations as CSV", "observations in one JSON document"


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything a group needs: data, programs, sizes and how often."""

    data: Data
    programs: Programs
    records: int
    rounds: int
    work: Path
    told: Callable[[str], None]

    @property
    def table(self) -> Table:
        return self.programs.table

    def alternate(self, entries: Sequence[Entry], rounds: int | None = None) -> None:
        """Runs the entries in turn, round after round, so that a busy moment hits all alike."""
        for n in range(rounds or self.rounds):
            for entry in entries:
                entry.measure(entry.row)
                row = entry.row
                self.told(f"  {row.case} · {row.name} × {row.jobs}: {row.walls[-1]:.2f} s (round {n + 1})")

    def schema_file(self, name: str, schema: object) -> Path:
        path = self.work / f"{name}.schema.json"
        path.write_bytes(orjson.dumps(schema))
        return path


def schema(bench: Bench) -> None:
    """The schema check alone, every engine, one and two processes."""
    path, at, case = bench.data.reference(bench.records, 0.01), bench.programs, "1 % wrong"
    entries: list[Entry] = []
    for jobs in (1, 2):
        entries += [at.peer("schema", case, name, jobs, SCHEMA, path) for name in ("orjson", "jsonschema-rs")]
        entries += at.node("schema", case, jobs, SCHEMA, path)
        entries.append(at.ours("schema", case, jobs, SCHEMA, path, "jsonl"))
    bench.alternate(entries)
    small = bench.data.reference(SLOW_SAMPLE, 0.01)
    slow = at.peer("schema", case, "jsonschema", 1, SCHEMA, small)
    bench.alternate([slow, _check_jsonschema(bench, case, small)], rounds=1)
    for row in (slow.row, bench.table.row("schema", case, "check-jsonschema", 1)):
        scaled(row, bench.records)


def scaled(row: Row, records: int) -> None:
    """Times of a small sample taken to the whole size."""
    factor, row.scaled_from = records / row.records, row.records
    row.seconds = [second * factor for second in row.seconds]
    row.walls = [wall * factor for wall in row.walls]
    row.records, row.failing, row.errors = records, round(row.failing * factor), round(row.errors * factor)


def _check_jsonschema(bench: Bench, case: str, path: Path) -> Entry:
    """The command-line tool on one document with all records, which is kinder to it than one file each."""
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    instance = bench.work / "sample.json"
    instance.write_text(json.dumps(records), encoding="utf-8")
    document = {"type": "array", "items": json.loads(SCHEMA.read_bytes())}
    document["items"].pop("$id")
    command = ["check-jsonschema", "--output-format", "json", "--schemafile",
               str(bench.schema_file("array", document)), str(instance)]  # fmt: skip

    def measure(row: Row) -> None:
        ran = run([command], good=(0, 1))
        told = json.loads(ran.outputs[0])["errors"]
        row.records, row.errors = len(records), len(told)
        row.failing = len({error["path"].partition("]")[0] for error in told})
        row.walls.append(ran.wall)
        row.seconds.append(ran.wall)
        row.main_mib = ran.main_mib

    return Entry(bench.table.row("schema", case, "check-jsonschema", 1), measure)


def errors(bench: Bench) -> None:
    """What faulty records cost: clean, 1 %, 10 %, all of them wrong."""
    entries: list[Entry] = []
    for case, rate in RATES.items():
        path = bench.data.reference(bench.records, rate)
        entries += bench.programs.node("errors", case, 2, SCHEMA, path)
        entries.append(bench.programs.ours("errors", case, 2, SCHEMA, path, "jsonl"))
    bench.alternate(entries)


def forms(bench: Bench) -> None:
    """The same records in other forms of JSON."""
    entries: list[Entry] = []
    for case in ("shuffled", "spaced"):
        path = bench.data.variant(case, bench.records, 0.01)
        entries += [bench.programs.peer("forms", case, "orjson", 2, SCHEMA, path)]
        entries += bench.programs.node("forms", case, 2, SCHEMA, path)
        entries.append(bench.programs.ours("forms", case, 2, SCHEMA, path, "jsonl"))
    features = bench.schema_file("feature", feature_schema(orjson.loads(SCHEMA.read_bytes())))
    for case, media, asked, member in (("array", "json", SCHEMA, ""), ("geojson", "geojson", features, "features")):
        path = bench.data.variant(case, bench.records, 0.01)
        entries.append(bench.programs.whole_peer("forms", case, "orjson-document", path, member))
        entries.append(bench.programs.ours("forms", case, 2, asked, path, media))
    bench.alternate(entries)


def _observation_schema(bench: Bench) -> Path:
    return bench.schema_file("observation", find_standard("VSC-ENV").datasets["observation"].schema)


def csv(bench: Bench) -> None:
    """CSV: the schema check alone and the whole run."""
    folder = bench.data.submission_as("csv", bench.records, 0.01)
    path = folder / "data/observation.csv"
    bench.alternate([
        bench.programs.whole_peer("csv", "rows", "csv", path),
        bench.programs.ours("csv", "rows", 2, _observation_schema(bench), path, "csv"),
        bench.programs.validate("csv", CSV, 2, folder, bench.records),
    ])  # fmt: skip


def whole(bench: Bench) -> None:
    """The whole run of VSC-ENV beside what ajv needs for the schema of its observations alone."""
    asked, entries = _observation_schema(bench), []
    for case in ("clean", "1 % wrong"):
        folder = bench.data.submission(bench.records, RATES[case])
        entries += bench.programs.node("whole", case, 2, asked, folder / env.OBSERVATION)
        entries += [bench.programs.validate("whole", case, jobs, folder, bench.records) for jobs in (1, 2)]
    document = bench.data.submission_as("json", bench.records, 0.01)
    entries.append(bench.programs.validate("whole", DOCUMENT, 2, document, bench.records))
    bench.alternate(entries)
    for case in ("clean", "1 % wrong"):
        row = bench.table.row("whole", case, OURS, 2)
        validated(bench.data.submission(bench.records, RATES[case]), 2, row, MEMORY_EVERY_S)
        bench.told(f"  {case} · memory {row.tree_mib:.0f} MiB")


def large(bench: Bench) -> None:
    """The whole run on twenty million observations, once, beside one of a million."""
    for records in (bench.records, TWENTY_MILLION):
        folder = bench.data.submission(records, 0.01)
        row = bench.table.row("large", f"{records:,} records, 1 % wrong", OURS, 2)
        row.records = records
        ran = validated(folder, 2, row, LARGE_MEMORY_EVERY_S)
        row.walls.append(ran.wall)
        row.seconds.append(ran.wall)
        bench.told(f"  {row.case}: {ran.wall:.0f} s, {row.tree_mib:.0f} MiB")


def xml(bench: Bench) -> None:
    """A 200 MB document against its XML Schema."""
    records = XML_RECORDS if bench.records >= 1_000_000 else XML_RECORDS // 10
    entries: list[Entry] = []
    for case in ("clean", "1 % wrong"):
        path = bench.data.xml(records, RATES[case])
        if case == "clean":
            peers = {"iterparse": None, "iterparse with schema": xml_data.SCHEMA}
            entries += [bench.programs.xml_peer("xml", case, name, path, xsd) for name, xsd in peers.items()]
        entries.append(bench.programs.ours("xml", case, 2, xml_data.SCHEMA, path, "xml"))
    bench.alternate(entries)
    for case in ("clean", "1 % wrong"):
        command = bench.programs.ours_command(xml_data.SCHEMA, bench.data.xml(records, RATES[case]), "xml", 2)
        bench.table.row("xml", case, OURS, 2).tree_mib = run([command], cwd=ROOT, sample=MEMORY_EVERY_S).tree_mib


def start(bench: Bench) -> None:
    """How long `lienthong --help` takes."""

    def measure(row: Row) -> None:
        ran = run([[sys.executable, "-m", "validator", "--help"]], cwd=ROOT)
        row.walls.append(ran.wall)
        row.seconds.append(ran.wall)

    bench.alternate([Entry(bench.table.row("start", "--help", OURS, 1), measure)], rounds=STARTS)


def agreement(bench: Bench) -> None:
    """Whether all engines refuse the same records."""
    compare(bench.data, bench.programs, bench.work)


GROUPS: dict[str, Callable[[Bench], None]] = {
    "schema": schema, "errors": errors, "forms": forms, "csv": csv, "whole": whole, "xml": xml, "start": start,
    "agreement": agreement, "attest": attest, "large": large,
}  # fmt: skip
