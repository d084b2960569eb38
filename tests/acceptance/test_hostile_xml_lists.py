"""XML lists of any size: memory follows a record, findings are exact, and what is too much is told at bounded cost."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from tests.submissions import MIB
from tests.xml_lists import END, HEAD, NAMESPACE, document, reading, submission, write_large

BOUND_MIB = 300
BOUND_SECONDS = 300
ROOT = Path(__file__).parents[2]
VALUE = "/reading:readings/reading:reading[{}]/reading:value".format


def scanned(root: Path, jobs: int = 1, seconds: int = BOUND_SECONDS) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.xml_lists", str(root), str(jobs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=seconds)
    ran: dict[str, Any] = json.loads(done.stdout)
    assert ran["peak_mib"] < BOUND_MIB
    assert ran["errors"] == []
    return ran


def test_two_hundred_megabytes_are_checked_in_bounded_memory_clean_or_faulty(tmp_path: Path) -> None:
    spent = {}
    for wrong_every in (0, 100, 1):
        root = submission(tmp_path / "s")
        write_large(root / "data.xml", 600_000, wrong_every)
        assert (root / "data.xml").stat().st_size > 190_000_000
        ran = scanned(root, 2)

        assert (ran["records"], ran["unreadable"]) == (600_000, 0)
        told = {name: count for name, (count, _) in ran["told"].items()}
        wrong = 600_000 // wrong_every if wrong_every else 0
        assert told == ({f"VSC-TRY-R0{n}": wrong for n in (1, 2, 3)} if wrong else {})
        for name in told:
            for _, record, line, pointer in ran["told"][name][1]:
                assert (record - 1) % wrong_every == 0
                assert (line, pointer) == (8 * record, VALUE(record))
        spent[wrong_every] = ran["cpu_seconds"]
    assert spent[100] < 1.5 * spent[0]
    assert spent[1] < 3 * spent[0]


def fill(out: IO[bytes], piece: str, times: int) -> None:
    block = piece.encode() * 1000
    for _ in range(times // 1000):
        out.write(block)


def flood(piece: str, times: int, before: str = "", after: str = END) -> Callable[[IO[bytes]], None]:
    def write(out: IO[bytes]) -> None:
        out.write((HEAD + reading(0) + before).encode())
        fill(out, piece, times)
        out.write(after.encode())

    return write


def hole(before: str, after: str) -> Callable[[IO[bytes]], None]:
    def write(out: IO[bytes]) -> None:
        out.write(before.encode())
        out.truncate(1024 * MIB)
        out.seek(0, 2)
        out.write(after.encode())

    return write


OPEN, CLOSE = '<reading id="x"><station>', "</station><value>1</value></reading>"
OWN = f'<x:reading xmlns:x="{NAMESPACE}" id="a"><x:station>s1</x:station><x:value>1</x:value></x:reading>\n'
HOSTILE: dict[str, tuple[Callable[[IO[bytes]], None], int, str]] = {
    "an unclosed root": (flood(reading(1), 300_000, after=""), 300_001, "xml.unclosed"),
    "an unclosed record": (flood(reading(1), 300_000, '<reading id="x">'), 1, "xml.unclosed"),
    "a cut file": (flood(reading(1), 300_000, after=reading(2)[:30]), 300_001, "xml.unclosed"),
    "a record of a hundred megabytes": (
        flood("x" * 100, MIB, OPEN, CLOSE + reading(2) + END), 3, "read.record_too_large",
    ),
    "a record of a gigabyte": (hole(HEAD + OPEN, CLOSE + reading(2) + END), 2, "read.record_too_large"),
    "a gigabyte between records": (hole(HEAD + reading(0), reading(1) + END), 2, "xml.outline_too_large"),
    "a gigabyte after the root": (hole(document([reading(0)]), ""), 1, "xml.malformed"),
    "a gigabyte of header": (hole(HEAD, reading(1) + END), 1, "xml.outline_too_large"),
    "a million attributes of a record": (
        flood(' a="1"', 1_000_000, "<reading", "/>" + reading(1) + END), 3, "xml.record_too_many",
    ),
    "a million attributes of the root": (hole('<readings a="', '"/>'), 1, "xml.malformed"),
    "hundreds of thousands of attributes": (
        flood("", 0, "<reading " + " ".join(f"a{n}=''" for n in range(900_000)) + "/>" + reading(1)), 3,
        "xml.record_too_many",
    ),
    "tens of thousands of attributes": (
        flood("", 0, "<reading " + " ".join(f"a{n}=''" for n in range(90_000)) + "/>" + reading(1)), 3,
        "xml.too_many_attributes",
    ),
    "a million levels": (
        flood("<a>", 1_000_000, OPEN, "</a>" * 1_000_000 + CLOSE + reading(1) + END), 3, "xml.record_too_many",
    ),
    "many levels": (flood("<a>", 40_000, OPEN, "</a>" * 40_000 + CLOSE + reading(1) + END), 3, "xml.too_deep"),
    "a million elements in a record": (flood("<a/>", 1_000_000, OPEN, CLOSE + END), 2, "xml.record_too_many"),
    "a million other elements": (flood("<end/>", 1_000_000), 1, "xml.outline_too_large"),
    "a million words between": (flood("a<!---->", 1_000_000), 1, "xml.outline_too_large"),
    "a million broken records": (flood('<reading id="x"><a></b></reading>', 300_000), 300_001, "xml.malformed"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_list_is_a_finding_at_bounded_cost(name: str, tmp_path: Path) -> None:
    write, records, message_id = HOSTILE[name]
    root = submission(tmp_path / "s")
    with (root / "data.xml").open("wb") as out:
        write(out)
    ran = scanned(root)

    assert ran["records"] == records
    assert ran["unreadable"] > 0
    count, shown = ran["told"]["VSC-TRY-R05"]
    assert count >= 1
    assert message_id in {said for said, _, _, _ in shown}


def test_a_hundred_thousand_comments_and_prefixes_are_read(tmp_path: Path) -> None:
    root = submission(tmp_path / "s")
    with (root / "data.xml").open("wb") as out:
        flood(f"<!-- <reading> -->\n{OWN}<?go on?>\n", 100_000)(out)
    ran = scanned(root)

    assert (ran["records"], ran["unreadable"]) == (100_001, 0)
    assert ran["told"] == {}
