"""From the handle `_at` of a table row back to file, line, record and pointer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from validator.engine.plan import Placed
from validator.model.finding import Location
from validator.model.submission import Observation
from validator.observe.json_text import BrokenTextError, skip_space, value_end
from validator.observe.limits import MAX_RECORD_BYTES
from validator.observe.locate import column_at, place
from validator.observe.mapping import mapped
from validator.observe.read_json import place_beside
from validator.observe.remote import Source
from validator.observe.xml_places import locate_in_list, locate_xml, record_text


class Places:
    """Looks up where rows came from; used for the few findings that are shown."""

    def __init__(self, placed: tuple[Placed, ...], source: Source | None = None) -> None:
        """`source` is where the data files lie, if not here."""
        self.placed, self.source = placed, source
        self.bases = [p.base for p in placed]
        self.documents = dict(_documents(placed))

    def unit_of(self, at: int) -> Placed:
        return self.placed[bisect_right(self.bases, at) - 1]

    def location(self, row: dict[str, Any]) -> Location:
        """The place of a rule's row: by `_at`, else by `_file`."""
        at, pointer = row.get("_at"), row.get("_pointer")
        if at is None:
            return self._in_document(row.get("_file"), row.get("_line"), pointer)
        placed = self.unit_of(int(at))
        seen = placed.unit.observation
        line, offset = _in_unit(placed.part.columns, int(at))
        line += placed.line_base
        record = int(at) - placed.base + 1 + placed.record_base
        if seen.media == "xml":
            return self._in_xml(placed, pointer, line, offset, record)
        if pointer and seen.media != "csv":
            with self._text(seen, offset) as (text, at_offset):
                raw, start = _value_at(text, at_offset), column_at(text, at_offset)
            line, column = place(raw, pointer, line, start)
            return Location(seen.name, line, column, record, pointer)
        return Location(seen.name, line, None, record, pointer)

    def _in_document(self, file: str | None, line: int | None, pointer: str | None) -> Location:
        path = self.documents.get(file or "")
        if path is None or not pointer or line is not None:
            return Location(file, line=line, pointer=pointer)
        with mapped(self._here(file or "", path)) as text:
            found, column = place_beside(text, pointer)
        return Location(file, found, column, None, pointer)

    @contextmanager
    def _text(self, seen: Observation, offset: int) -> Iterator[tuple[Any, int]]:
        """Text of a file and where in it an offset lies; of a file elsewhere, what stands around the offset."""
        if self.source is not None and not seen.path.exists():
            yield self.source.around(seen.name, offset)
            return
        with mapped(seen.path) as text:
            yield text, offset

    def _here(self, name: str, path: Path) -> Path:
        """The path of a document that is needed whole, fetched when it is first needed."""
        if self.source is not None and not path.exists():
            self.source.fetch(name, path)
        return path

    def _in_xml(self, placed: Placed, pointer: str | None, line: int, offset: int, record: int) -> Location:
        seen, frame = placed.unit.observation, placed.part.frame
        if frame is not None:
            line, xpath = locate_in_list(
                frame, record_text(self._here(seen.name, seen.path), offset), pointer or "", line, record
            )
            return Location(seen.name, line, None, record, xpath)
        raw = self._here(seen.name, seen.path).read_bytes()
        found, xpath = locate_xml(raw, pointer or "")
        return Location(seen.name, found, None, 1, xpath)


def _in_unit(columns: Path | None, at: int) -> tuple[int, int]:
    """Line in its unit and byte offset of a record, read from the unit's own columns."""
    found = pq.read_table(columns, columns=["_line", "_off"], filters=[("_at", "=", at)])
    return found["_line"][0].as_py(), found["_off"][0].as_py()


def _documents(placed: tuple[Placed, ...]) -> Iterator[tuple[str, Path]]:
    """Names and paths of the JSON documents that a rule may point into without a record."""
    for seen in {p.unit.observation for p in placed}:
        if seen.media in ("json", "geojson"):
            yield seen.name, seen.path
        yield from (side for side in (seen.envelope, seen.descriptor) if side)


def _value_at(text: Any, offset: int) -> bytes:
    try:
        end = value_end(text, skip_space(text, offset))
    except BrokenTextError:
        end = offset + MAX_RECORD_BYTES
    return bytes(text[offset : min(end, offset + MAX_RECORD_BYTES)])
