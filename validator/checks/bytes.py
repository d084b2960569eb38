"""Kind `bytes`: what is wrong with the text itself, before its meaning.

`aspects` of a requirement say which faults it owns: encoding, bom, syntax, duplicate_key, depth,
size, csv_dialect, missing, digest come from reading; nfc, replacement, mojibake, control,
null_words are looked for in the text of every string.
Sources: RFC 8259, Unicode Standard Annex 15 (NFC).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from validator.model.finding import Finding, Location
from validator.model.record import UNREADABLE, Batch, ReadFault
from validator.model.standard import Column

READ_ASPECTS: Final = (
    "encoding", "bom", "syntax", "duplicate_key", "depth", "size", "csv_dialect", "missing", "digest",
)  # fmt: skip
TEXT_ASPECTS: Final = ("nfc", "replacement", "mojibake", "control", "null_words")
MOJIBAKE_PER_MILLE: Final = 1
LONGEST_STEP: Final = 200
_END: Final = (None, None)

# UTF-8 bytes read as Latin-1/Windows-1252; TCVN3 and VNI letters inside words; Icelandic eth for đ.
_MOJIBAKE = re.compile(
    "Ã[\u0080-\u00bf\u0192\u201a-\u203a\u20ac\u2122]|áº[\u0080-\u00ff\u0152-\u203a]|á»[\u0080-\u00ff\u0152-\u203a]"
    "|Ä[\u0090\u0091\u2018\u0192]|Æ[°¡]|[A-Za-z][µ¸¶·¹¨»¾¼½©®ª«¬¦§](?=[a-z]|\\b)|[aeiouyAEIOUY][øûåäæØÛÅÄÆ]|[Ðð]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b\u200e\u200f\u202a-\u202e]")
NULL_WORDS: Final = frozenset(
    {"-", "--", "–", "—", "n/a", "na", "nan", "null", "none", "nil", "#n/a", "không có", "không rõ", "chưa có", "9999"}
)
_NULL_WORD_HINT = re.compile(
    r'(?:\A|[",\n])\s*+(?:-{1,2}|–|—|n/?a|nan|null|none|nil|#n/a|không có|không rõ|chưa có)\s*+(?:["\r\n,]|$)'
    r"|9999|-999",
    re.IGNORECASE,
)
_NULL_WORD_HINT_ASCII = re.compile(
    rb'(?:\A|[",\n])\s*+(?:-{1,2}|[nN](?:/?[aA][nN]?|[uU][lL][lL]|[oO][nN][eE]|[iI][lL])|#[nN]/[aA])\s*+(?:["\r\n,]|$)'
    rb"|9999|-999"
)
_NULL_NUMBERS: Final = frozenset({9999, -9999, 99999, -99999, -999})
_SUSPECT = re.compile(f"{_MOJIBAKE.pattern}|{_CONTROL.pattern}|\ufffd|\\\\u")


class BytesCheck:
    """Scans batches; `owner` maps an aspect to the requirement that demands it."""

    def __init__(self, owner: Mapping[str, str], columns: tuple[Column, ...]) -> None:
        self.owner = owner
        self.quantities = [column.path for column in columns if column.sql_type == "DOUBLE"]

    def __call__(self, batch: Batch) -> Iterator[tuple[int, Finding]]:
        """Findings with the index of their record (-1 for a fault outside records)."""
        for fault in batch.faults:
            finding = self.from_fault(fault, batch.file)
            if finding:
                index = -1 if fault.record is None else batch.index(fault.record)
                yield index, finding
        yield from self._texts(batch)

    def from_fault(self, fault: ReadFault, file: str) -> Finding | None:
        owner = self.owner.get(fault.aspect)
        if owner is None:
            return None
        place = Location(file, fault.line, fault.column, fault.record)
        return Finding(owner, fault.message_id, place, dict(fault.params))

    def may_find(self, raw: bytes) -> bool:
        """Whether there may be a finding in the text of records without faults; False is certain."""
        return any(self._hints(raw))

    def _hints(self, raw: bytes) -> tuple[bool, bool]:
        """Whether a text may hold faulty characters, and words or numbers that stand for nothing."""
        wanted = "null_words" in self.owner
        if raw.isascii():
            suspect = b"\\u" in raw or b"\x7f" in raw
            return suspect, wanted and bool(_NULL_WORD_HINT_ASCII.search(raw))
        whole = raw.decode("utf-8", "replace")
        suspect = bool(_SUSPECT.search(whole)) or not unicodedata.is_normalized("NFC", whole)
        return suspect, wanted and bool(_NULL_WORD_HINT.search(whole))

    def _texts(self, batch: Batch) -> Iterator[tuple[int, Finding]]:
        if not any(self._hints(b"\n".join(batch.raws))):
            return
        for index, value in enumerate(batch.values):
            if value is UNREADABLE:
                continue
            suspect, words = self._hints(batch.raws[index])
            if not suspect and not words:
                continue
            place = Location(batch.file, batch.lines[index], None, batch.number(index))
            for pointer, text in strings(value):
                for aspect, message_id in faults_of_text(text, suspect, words):
                    yield from self._finding(index, aspect, message_id, place, pointer, text)
            if words:
                yield from self._numbers(index, value, place)

    def _numbers(self, index: int, value: Any, place: Location) -> Iterator[tuple[int, Finding]]:
        for path in self.quantities:
            number = dig(value, path)
            if not isinstance(number, bool) and isinstance(number, int | float) and number in _NULL_NUMBERS:
                pointer = "/" + "/".join(path)
                yield from self._finding(index, "null_words", "bytes.null_number", place, pointer, str(number))

    def _finding(
        self, index: int, aspect: str, message_id: str, place: Location, pointer: str, text: str
    ) -> Iterator[tuple[int, Finding]]:
        owner = self.owner.get(aspect)
        if owner:
            where = Location(place.file, place.line, None, place.record, pointer)
            yield index, Finding(owner, message_id, where, {"pointer": pointer}, None, text[:100])


def faults_of_text(text: str, suspect: bool = True, words: bool = True) -> Iterator[tuple[str, str]]:
    """(aspect, message id) of each thing wrong with one string."""
    if suspect:
        if not unicodedata.is_normalized("NFC", text):
            yield "nfc", "bytes.not_nfc"
        if "\ufffd" in text:
            yield "replacement", "bytes.replacement_character"
        found = sum(1 for _ in _MOJIBAKE.finditer(text))
        if found and found * 1000 >= len(text) * MOJIBAKE_PER_MILLE:
            yield "mojibake", "bytes.mojibake"
        if _CONTROL.search(text):
            yield "control", "bytes.control_character"
    if words and text.strip().casefold() in NULL_WORDS:
        yield "null_words", "bytes.null_word"


def strings(value: Any) -> Iterator[tuple[str, str]]:
    """Every string value with its JSON Pointer, without recursion, in document order."""
    if isinstance(value, str):
        yield "", value
        return
    steps: list[str] = []
    open_ = [_members(value)]
    while open_:
        name, node = next(open_[-1], _END)
        if name is None:
            open_.pop()
            if steps:
                steps.pop()
        elif isinstance(node, str):
            yield "".join((*steps, name)), node
        elif isinstance(node, dict | list):
            steps.append(name)
            open_.append(_members(node))


def _members(node: Any) -> Iterator[tuple[str | None, Any]]:
    if isinstance(node, dict):
        return ((pointer_step(key), inner) for key, inner in node.items())
    return ((f"/{i}", inner) for i, inner in enumerate(node)) if isinstance(node, list) else iter(())


def pointer_step(name: str | int) -> str:
    """One step of a JSON Pointer (RFC 6901); a name that no person would read out is cut."""
    text = str(name)
    shown = text if len(text) <= LONGEST_STEP else text[:LONGEST_STEP] + "…"
    return "/" + shown.replace("~", "~0").replace("/", "~1")


def dig(value: Any, path: tuple[str, ...]) -> Any:
    """The member at a path of names; None when any step is missing."""
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value
