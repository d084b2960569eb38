"""Files are cut into units at line starts; where they are cut changes nothing that is said."""

from pathlib import Path

import pytest

from tests.submissions import lines, record, submission, validate
from validator.engine import units
from validator.engine.units import plan_units
from validator.model.submission import Observation


def observed(path: Path, content: bytes, media: str = "jsonl") -> Observation:
    path.write_bytes(content)
    return Observation(path.name, path, media, len(content), "", None)


def cuts(path: Path, content: bytes, media: str = "jsonl") -> list[bytes]:
    return [content[u.start : u.end] for u in plan_units((observed(path, content, media),))]


@pytest.fixture
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "UNIT_BYTES", 10)


@pytest.mark.usefixtures("small_units")
@pytest.mark.parametrize(
    ("content", "pieces"),
    [
        (b"", [b""]),
        (b"12345678", [b"12345678"]),
        (b"1234567890", [b"1234567890"]),
        (b"123456789\n1234\n", [b"123456789\n1234\n"]),
        (b"12345678901234\n567\n", [b"12345678901234\n", b"567\n"]),
        (b"1\n2\n3\n4\n5\n6\n7\n8\n", [b"1\n2\n3\n4\n5\n6\n", b"7\n8\n"]),
        (b"x" * 40, [b"x" * 40]),
        (b"\n" * 25, [b"\n" * 25]),
    ],
)
def test_json_lines_are_cut_after_a_line_feed_and_nothing_is_lost(
    content: bytes, pieces: list[bytes], tmp_path: Path
) -> None:
    assert cuts(tmp_path / "a.jsonl", content) == pieces


@pytest.mark.usefixtures("small_units")
@pytest.mark.parametrize("media", ["json", "geojson", "csv", "xml"])
def test_other_formats_are_read_in_one_piece(media: str, tmp_path: Path) -> None:
    assert len(cuts(tmp_path / "a", b"1\n" * 50, media)) == 1


@pytest.mark.usefixtures("small_units")
def test_a_file_that_is_not_utf_8_is_not_cut_at_bytes_that_are_no_lines(tmp_path: Path) -> None:
    assert len(cuts(tmp_path / "a.jsonl", ("1\n" * 50).encode("utf-16"))) == 1


def test_where_a_file_is_cut_changes_no_finding_and_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [record(n, status="?" if n % 7 == 0 else "final") for n in range(60)]
    content = b"\n\n".join(lines([one]) for one in made) + b'\n\n{"a": NaN}\n\n\n[\n'
    root = submission(tmp_path / "s", content, "jsonl")
    whole = validate(root, "--max-findings", "1000").report
    for size in (1, 300, 1000, 5000):
        monkeypatch.setattr(units, "UNIT_BYTES", size)
        assert validate(root, "--max-findings", "1000").report["digest"] == whole["digest"]
