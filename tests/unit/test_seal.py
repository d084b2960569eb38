"""Sealing writes the values that follow from the data, and a sealed log proves its order."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from validator.engine.package import delivery_rows
from validator.model.submission import Observation
from validator.seal import chained

ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "dataset": st.just("VSC-X/obs"),
            "key": st.text(max_size=5),
            "received_at": st.just("2026-10-01T07:00:00+07:00"),
        }
    ),
    min_size=1,
    max_size=6,
)


def rows(folder: Path, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return list(delivery_rows(Observation("log.jsonl", path, "jsonl", path.stat().st_size, "", None)))


@given(ENTRIES)
def test_a_sealed_log_is_an_unbroken_chain(tmp_path_factory: Any, entries: list[dict[str, Any]]) -> None:
    found = rows(tmp_path_factory.mktemp("log"), chained(entries))

    assert all(row["chained"] for row in found)


@given(ENTRIES, st.data())
def test_any_change_breaks_the_chain_from_there_on(
    tmp_path_factory: Any, entries: list[dict[str, Any]], data: st.DataObject
) -> None:
    sealed = chained(entries)
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at]["key"] += "x"
    found = rows(tmp_path_factory.mktemp("log"), sealed)

    assert [row["chained"] for row in found] == [i < at for i in range(len(sealed))]


def test_a_line_taken_out_breaks_the_chain(tmp_path: Path) -> None:
    sealed = chained([{"dataset": "VSC-X/obs", "key": str(n)} for n in range(4)])

    assert [row["chained"] for row in rows(tmp_path, sealed[:1] + sealed[2:])] == [True, False, False]


def test_a_line_that_is_no_json_breaks_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("{broken\n" + json.dumps(chained([{"key": "a"}])[0]) + "\n", encoding="utf-8")

    assert [
        r["chained"] for r in delivery_rows(Observation("log.jsonl", path, "jsonl", path.stat().st_size, "", None))
    ] == [False]
