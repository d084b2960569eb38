"""A log names the first line that does not hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.watching import lines_of
from validator.api.chain import LONGEST, SCHEMA, Log, read_chain
from validator.canonical import canonical
from validator.errors import EvidenceError, UsageError

Edit = Callable[[list[bytes]], None]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.ndjson"
    written = Log(path, dict)
    written.append({"schema": SCHEMA, "kind": "header"})
    for number in range(1, 8):
        written.append({"kind": "probe", "value": number})
    written.close()
    return path


def forged(line: bytes, **changed: object) -> bytes:
    """The line with other content and a digest of its own that fits."""
    value = {**json.loads(line), **changed}
    del value["sha256"]
    return canonical({**value, "sha256": hashlib.sha256(canonical(value)).hexdigest()})


def test_each_line_is_canonical_and_bound_to_the_one_before(log: Path) -> None:
    lines = log.read_bytes().split(b"\n")[:-1]
    values = [json.loads(line) for line in lines]

    assert [value["n"] for value in values] == list(range(8))
    assert "previous" not in values[0]
    assert [value["previous"] for value in values[1:]] == [hashlib.sha256(line).hexdigest() for line in lines[:-1]]
    assert lines == [canonical(value) for value in values]
    assert read_chain(log, dict).head == hashlib.sha256(lines[-1]).hexdigest()


@pytest.mark.parametrize(
    ("edit", "line", "said"),
    [
        (lambda rows: rows.__setitem__(3, rows[3].replace(b'"value":3', b'"value":9')), 4, "edited"),
        (lambda rows: rows.__setitem__(3, rows[3].replace(b":", b": ", 1)), 4, "edited"),
        (lambda rows: rows.__setitem__(7, rows[7].replace(b'"value":7', b'"value":9')), 8, "edited"),
        (lambda rows: rows.__setitem__(3, forged(rows[3], value=9)), 5, "unlinked"),
        (lambda rows: rows.pop(3), 4, "missing"),
        (lambda rows: rows.insert(3, rows[1]), 4, "out_of_order"),
        (lambda rows: rows.insert(3, forged(rows[3], value=9)), 5, "out_of_order"),
        (lambda rows: rows.reverse(), 1, "no_header"),
        (lambda rows: rows.__setitem__(slice(3, 5), [rows[4], rows[3]]), 4, "missing"),
        (lambda rows: rows.pop(0), 1, "no_header"),
        (lambda rows: rows.insert(3, b""), 4, "edited"),
        (lambda rows: rows.insert(3, b"[]"), 4, "edited"),
        (lambda rows: rows.insert(3, b"x" * (LONGEST + 1)), 4, "edited"),
        (lambda rows: rows.__setitem__(3, forged(rows[3], n=True)), 4, "out_of_order"),
        (lambda rows: rows.clear(), 1, "no_header"),
    ],
    ids=[
        "edited", "spaced", "last edited", "forged", "removed", "repeated", "inserted", "turned round", "swapped",
        "no header", "empty line", "no object", "endless", "true is no number", "nothing",
    ],
)  # fmt: skip
def test_a_touched_log_is_refused_at_the_line(log: Path, edit: Edit, line: int, said: str) -> None:
    rows = log.read_bytes().split(b"\n")[:-1]
    edit(rows)
    log.write_bytes(b"".join(row + b"\n" for row in rows))

    with pytest.raises(EvidenceError) as caught:
        read_chain(log, dict)
    assert (caught.value.message_id, caught.value.params["line"]) == (f"evidence.{said}", line)


def test_lines_taken_from_the_end_show_only_in_the_digest_of_the_last_line(log: Path) -> None:
    before = read_chain(log, dict).head
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-2]))

    assert read_chain(log, dict).head != before


def test_a_write_that_was_broken_off_is_written_over(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Log(log, dict)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            opened.append({"kind": "probe", "value": "a long one that is broken off"})
    opened.append({"kind": "end"})
    opened.close()

    assert [line["kind"] for line in lines_of(log)[-2:]] == ["probe", "end"]
    assert read_chain(log, dict).torn == 0


@pytest.mark.parametrize("name", ["absent", "."])
def test_what_is_no_file_is_a_wrong_call(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"usage\.no_log"):
        read_chain(tmp_path / name, dict)


@pytest.mark.parametrize("where", ["absent/log", "."])
def test_a_log_that_cannot_be_written_is_a_wrong_call(tmp_path: Path, where: str) -> None:
    with pytest.raises(UsageError):
        Log(tmp_path / where, dict)
