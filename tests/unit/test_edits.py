"""Edits change exactly what they say, and an edit that changes nothing is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from validator.edits import EditError, apply_edit

ROWS = [{"id": "a", "n": 1, "in": {"x": 1}}, {"id": "b", "n": 2, "in": {"x": 2}}, {"id": "b", "n": 3, "in": {"x": 3}}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    (tmp_path / "r.csv").write_text("id,n\na,1\nb,2\n", encoding="utf-8")
    (tmp_path / "e.json").write_text(json.dumps({"records": ROWS, "kind": "k"}), encoding="utf-8")
    return tmp_path


def after(folder: Path, **edit: Any) -> list[Any]:
    apply_edit(folder, {"file": "r.jsonl", **edit})
    return [json.loads(line) for line in (folder / "r.jsonl").read_text(encoding="utf-8").splitlines()]


def test_set_changes_every_match(folder: Path) -> None:
    assert [row["n"] for row in after(folder, where={"id": "b"}, set={"/n": 9})] == [1, 9, 9]


def test_nth_picks_one_match(folder: Path) -> None:
    assert [row["n"] for row in after(folder, where={"id": "b"}, nth=-1, set={"/n": 9})] == [1, 2, 9]


def test_where_looks_into_nested_members(folder: Path) -> None:
    assert [row["n"] for row in after(folder, where={"in.x": 2}, set={"/n": 9})] == [1, 9, 3]


def test_delete_append_and_duplicate(folder: Path) -> None:
    assert len(after(folder, where={"id": "b"}, delete=True)) == 1
    assert len(after(folder, append={"id": "c"})) == 2
    assert after(folder, where={"id": "a"}, duplicate={"/n": 7})[1]["n"] == 7


def test_remove_takes_a_member_out(folder: Path) -> None:
    assert "n" not in after(folder, where={"id": "a"}, remove=["/n"])[0]


def test_a_json_envelope_keeps_its_other_members(folder: Path) -> None:
    apply_edit(folder, {"file": "e.json", "where": {"id": "a"}, "set": {"/n": 9}})
    document = json.loads((folder / "e.json").read_text(encoding="utf-8"))

    assert document["kind"] == "k"
    assert document["records"][0]["n"] == 9


def test_a_csv_row_is_edited(folder: Path) -> None:
    apply_edit(folder, {"file": "r.csv", "where": {"id": "b"}, "set": {"/n": "7"}})

    assert (folder / "r.csv").read_text(encoding="utf-8") == "id,n\na,1\nb,7\n"


def test_bytes_are_put_before_and_after(folder: Path) -> None:
    apply_edit(folder, {"file": "r.csv", "raw_hex": {"prepend": "efbbbf", "append": "ff"}})

    assert (folder / "r.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (folder / "r.csv").read_bytes().endswith(b"\xff")


@pytest.mark.parametrize(
    "edit",
    [
        {"where": {"id": "z"}, "set": {"/n": 1}},
        {"where": {"id": "a"}, "remove": ["/nothing"]},
        {"where": {"id": "a"}, "set": {"n": 1}},
        {"replace": ["not there", "x"]},
    ],
)
def test_an_edit_that_fits_nothing_is_refused(folder: Path, edit: dict[str, Any]) -> None:
    with pytest.raises(EditError):
        apply_edit(folder, {"file": "r.jsonl", **edit})
