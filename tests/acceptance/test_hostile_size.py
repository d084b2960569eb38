"""Submissions that are too much: a gigabyte on one line, a hundred thousand faults, ten thousand files."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.submissions import (
    ENVELOPE,
    HEADER,
    MIB,
    Ran,
    assert_told_well,
    document,
    lines,
    record,
    row,
    run_apart,
    submission,
    validate,
)
from validator.seal import seal_folder

GIB = 1024 * MIB
BOUND_MIB = 700
BOUND_SECONDS = 60


def with_hole(path: Path, before: bytes, after: bytes, size: int = GIB) -> None:
    """A file whose middle is zeros that take no place on the disk."""
    with path.open("wb") as out:
        out.write(before)
        out.truncate(size)
        out.seek(size)
        out.write(after)


def examined(root: Path, *arguments: str) -> Ran:
    ran = run_apart("validate", root, "--format", "json", *arguments, timeout=5 * BOUND_SECONDS)
    assert ran.seconds < BOUND_SECONDS
    assert ran.peak_mib < BOUND_MIB
    return ran


GOOD, ROW = json.dumps(record(2)).encode(), row(2).encode()
HOLES = {
    "one JSON line": ("jsonl", b'{"note": "', b'"}\n' + GOOD + b"\n", "read.record_too_large", 1),
    "one line after a good one": ("jsonl", GOOD + b'\n{"note": "', b'"}\n' + GOOD + b"\n", "read.record_too_large", 2),
    "a JSON line without an end": ("jsonl", GOOD + b'\n{"note": "', b"", "read.record_too_large", 1),
    "a string in a record": ("json", document().rstrip(b"]} \n") + b'{"note": "', b'"}]}', "read.value_too_long", 0),
    "a string in the envelope": ("json", b'{"license": "', b'", "records": []}', "read.value_too_long", 0),
    "a name": ("json", b'{"name', b'": 1}', "read.value_too_long", 0),
    "a number": ("json", b'{"records": [1', b"]}", "read.value_too_long", 0),
    "a JSON text, then nothing": ("json", document(record(1)), b"", "read.trailing_text", 1),
    "a CSV cell": ("csv", f"{HEADER}\n{row(1)}\n".encode(), f"\n{row(2)}\n".encode(), "read.record_too_large", 2),
    "a quoted CSV cell": ("csv", f'{HEADER}\n{row(1)}\n"'.encode(), b'"\n' + ROW, "read.record_too_large", 2),
    "a CSV header": ("csv", b"series,", f"\n{row(2)}\n".encode(), "read.record_too_large", 0),
    "zeros": ("json", b"", b"", "read.utf16", 0),
    "zeros as lines": ("jsonl", b"", b"", "read.utf16", 0),
    "zeros as CSV": ("csv", b"", b"", "read.utf16", 0),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLES)
def test_a_gigabyte_in_one_piece_is_a_finding_at_bounded_cost(name: str, tmp_path: Path) -> None:
    format_, before, after, message_id, readable = HOLES[name]
    root = submission(tmp_path / "s", b"", format_)
    with_hole(root / f"data.{format_}", before, after)
    ran = examined(root)

    assert_told_well(ran)
    assert message_id in ran.told
    [file] = [f for f in ran.report["submission"]["files"] if f["file"] == f"data.{format_}"]
    assert file["records"] >= readable


@pytest.mark.parametrize("name", ["envelope.json", "log.jsonl"])
def test_a_gigabyte_beside_the_data_is_a_finding_at_bounded_cost(name: str, tmp_path: Path) -> None:
    root = submission(tmp_path / "s", lines([record(1)]), "jsonl", delivery_log="log.jsonl")
    (root / "log.jsonl").write_bytes(b"")
    with_hole(root / name, b'{"a": "', b'"}\n')
    ran = examined(root)

    assert_told_well(ran)
    assert name in {f["location"]["file"] for r in ran.report["results"] for f in r["findings"]}


def repeated(path: Path, piece: bytes, times: int, before: bytes = b"", after: bytes = b"") -> None:
    block = max(1, MIB // len(piece))
    with path.open("wb") as out:
        out.write(before)
        for _ in range(times // block):
            out.write(piece * block)
        out.write(after)


FLOODS: dict[str, tuple[str, bytes, int, bytes, bytes]] = {
    "blank lines": ("jsonl", b"\n", 100 * MIB, GOOD, GOOD),
    "blank CSV lines": ("csv", b"\n", 100 * MIB, f"{HEADER}\n{row(1)}\n".encode(), b""),
    "spaces": ("json", b" ", 300 * MIB, b"[1,", b"2]"),
    "open brackets": ("json", b"[", 100 * MIB, b"", b""),
    "open brackets in a line": ("jsonl", b"[", 100 * MIB, b"", b"\n"),
    "small arrays in deep nesting": ("json", b"[],", 30 * MIB, b"[" * 10, b"1" + b"]" * 10),
    "values in a record": ("jsonl", b"0,", 7 * MIB, b"[", b"0]\n"),
    "arrays in a record": ("jsonl", b"[],", 5 * MIB, b"[", b"0]\n"),
    "faults in one envelope": ("json", '"\u202e",'.encode(), MIB // 12, b'{"x": [', b'0], "records": []}'),
    "members of the envelope": ("json", b'"a":1,', 20 * MIB, b"{", b'"records": []}'),
    "an unclosed CSV quote": ("csv", b"x" * 127 + b"\n", MIB // 4, f'{HEADER}\n"'.encode(), b""),
    "names in a record": ("jsonl", b'"a":1,', 2 * MIB, b"{", b'"b":1}\n'),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_small_things_is_a_finding_at_bounded_cost(name: str, tmp_path: Path) -> None:
    format_, piece, times, before, after = FLOODS[name]
    root = submission(tmp_path / "s", b"", format_)
    repeated(root / f"data.{format_}", piece, times, before, after)

    assert_told_well(examined(root))


COSTLY = {
    "objects": (b'{"a":{}},', 58_000),
    "empty objects": (b"{},", 110_000),
    "lists": (b"[],", 330_000),
    "vertices": (b"[105.8333333,21.0277777],", 249_000),
    "numbers": (b"1.5,", 990_000),
    "words": (b'"abc",', 990_000),
    "one text": (b"0," + b'"' + b"x" * 15 * MIB + b'",', 1),
}


@pytest.mark.parametrize("shape", COSTLY)
def test_the_largest_record_that_is_read_fits_in_memory(shape: str, tmp_path: Path) -> None:
    piece, times = COSTLY[shape]
    root = submission(tmp_path / "s", b'{"note": [' + piece * times + b"0]}\n", "jsonl")
    ran = examined(root)

    assert_told_well(ran)
    assert "schema.required" in ran.told


def test_a_hundred_thousand_findings_are_counted_exactly_and_shown_in_part(tmp_path: Path) -> None:
    wrong = [record(n, status="?", extra=1) for n in range(50_000)]
    ran = examined(submission(tmp_path / "s", lines(wrong), "jsonl"), "--max-findings", "7")

    assert_told_well(ran)
    result = ran.failed["VSC-CORE-R03"]
    assert result["findings_count"] == 100_000
    assert len(result["findings"]) == 7
    assert result["truncated"]
    assert [f["location"]["line"] for f in result["findings"]] == [1, 1, 2, 2, 3, 3, 4]


def test_a_hundred_thousand_findings_in_one_record_are_counted_exactly(tmp_path: Path) -> None:
    ran = examined(submission(tmp_path / "s", document(record(1, **{f"x{n}": n for n in range(100_000)}))))

    assert ran.failed["VSC-CORE-R03"]["findings_count"] == 100_000
    assert len(ran.failed["VSC-CORE-R03"]["findings"]) == 25


def many_files(root: Path, names: Iterable[str], content: bytes, envelope: bool = True) -> None:
    manifest = json.loads((root / "manifest.json").read_text(encoding="utf-8"))
    beside = {"envelope": "envelope.json"} if envelope else {}
    entries = [{"path": name, **beside} for name in names]
    manifest["datasets"][0]["files"] = entries
    (root / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (root / "d").mkdir()
    for name in names if content else ():
        (root / name).write_bytes(content)


def test_ten_thousand_files_that_all_repeat_one_key_are_examined(tmp_path: Path) -> None:
    root = submission(tmp_path / "s", None)
    (root / "envelope.json").write_text(json.dumps(ENVELOPE))
    many_files(root, [f"d/{n}.jsonl" for n in range(10_000)], lines([record(1)]))
    ran = run_apart("validate", root, "--format", "json", timeout=600)

    assert_told_well(ran, 8 * MIB)
    assert len(ran.report["submission"]["files"]) == 10_000
    assert ran.failed["VSC-CORE-R06"]["findings_count"] == 9_999
    assert ran.peak_mib < BOUND_MIB


def test_a_hundred_thousand_records_of_one_key_are_counted_exactly(tmp_path: Path) -> None:
    same = lines(record(1, note=f"{n}") for n in range(100_000))
    ran = examined(submission(tmp_path / "s", same, "jsonl"))

    assert ran.failed["VSC-CORE-R06"]["findings_count"] == 99_999


def test_five_hundred_editions_that_supersede_each_other_in_a_circle_are_examined(tmp_path: Path) -> None:
    root = submission(tmp_path / "s", None)
    ids = [f"urn:uuid:4a0d6f0e-6d0e-4e0a-9a55-{n:012d}" for n in range(500)]
    many_files(root, [f"d/{n}.json" for n in range(500)], b"{}", envelope=False)
    for n, name in enumerate(ids):
        (root / "d" / f"{n}.json").write_bytes(document(record(n), dataset_id=name, supersedes=ids[n - 1]))
    seal_folder(root)
    ran = examined(root)

    assert_told_well(ran)
    assert ran.failed["VSC-CORE-R06"]["findings_count"] == 500


def test_ten_thousand_missing_files_are_counted(tmp_path: Path) -> None:
    root = submission(tmp_path / "s", None)
    many_files(root, [f"d/{n}.jsonl" for n in range(10_000)], b"")
    ran = examined(root)

    assert ran.code == 1
    assert ran.failed["VSC-CORE-R03"]["findings_count"] == 20_000


READERS = {
    "json": "read_json import read_json as read; batches = lambda p: read(p, 'f', 'json')",
    "jsonl": "read_json import read_json_lines as read; batches = lambda p: read(p, 'f', 0, p.stat().st_size)",
    "csv": "read_csv import read_csv as read; batches = lambda p: read(p, 'f', ())",
}


@pytest.mark.parametrize("format_", READERS)
def test_memory_does_not_grow_with_what_is_read(format_: str, tmp_path: Path) -> None:
    """Half a gigabyte of records, a document's all on one line, read through a window."""
    path = tmp_path / "data"
    piece = b'{"a": "' + b"x" * 10_000 + b'"}' if format_ != "csv" else b"x" * 10_000
    before, between, after = {"json": (b"[", b",", b"{}]"), "jsonl": (b"", b"\n", b""), "csv": (b"a\n", b"\n", b"")}[
        format_
    ]
    repeated(path, piece + between, 52_000, before, after)
    script = (
        "import pathlib, resource, sys\n"
        f"from validator.observe.{READERS[format_]}\n"
        "print(sum(len(b.values) for b in batches(pathlib.Path(sys.argv[1]))))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)\n"
    )
    launched = [sys.executable, "-S", "-c", "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"]
    done = subprocess.run(
        [*launched, sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True, timeout=300
    )
    read, peak_mib = map(int, done.stdout.split())

    assert read >= 51_000
    assert peak_mib < 200


def test_interrupted_reading_is_no_pass(tmp_path: Path) -> None:
    """A document that breaks off after good records: what was not read is not taken as good."""
    whole = document(*(record(n) for n in range(50)))
    ran = validate(submission(tmp_path / "s", whole[: len(whole) // 2]))

    assert_told_well(ran)
    assert "VSC-CORE-R01" in ran.failed
