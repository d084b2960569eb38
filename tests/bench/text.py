"""Lines of text from arrays: a block of records is a matrix of bytes in which 0 stands for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.uint8]
"""Text of one member for every record of a block: shape (records, width), padded with 0."""
Whole = npt.NDArray[np.int64]

ZERO = ord("0")


def integers(values: Whole, width: int, pad: bool = False) -> Cells:
    """Non-negative integers below 10**width; with leading zeros where `pad`."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    digits = (values[:, None] // powers % 10 + ZERO).astype(np.uint8)
    if not pad:
        leading = values[:, None] < powers
        leading[:, -1] = False
        digits[leading] = 0
    return digits


def decimals(values: Whole, places: int, width: int) -> Cells:
    """`values` / 10**places without trailing zeros; `width` digits stand before the point at most."""
    whole = integers(values // 10**places, width)
    part = integers(values % 10**places, places, pad=True)
    trailing = np.logical_and.accumulate(part[:, ::-1] == ZERO, axis=1)[:, ::-1]
    part[trailing] = 0
    point = np.where(trailing[:, :1], 0, ord(".")).astype(np.uint8)
    return np.hstack([whole, point, part])


def words(table: Sequence[str | bytes], chosen: Whole) -> Cells:
    """Texts of a table by index, in UTF-8."""
    raw = [word.encode() if isinstance(word, str) else word for word in table]
    fixed = np.array(raw, dtype=f"S{max(map(len, raw))}")
    return fixed[chosen].view(np.uint8).reshape(len(chosen), -1)


def quoted(cells: Cells) -> Cells:
    mark = np.full((len(cells), 1), ord('"'), np.uint8)
    return np.hstack([mark, cells, mark])


def either(use: npt.NDArray[np.bool_], cells: Cells, other: bytes) -> Cells:
    """The cells where `use`, elsewhere one other text."""
    width = max(cells.shape[1], len(other))
    wide = np.zeros((len(cells), width), np.uint8)
    wide[:, : cells.shape[1]] = cells
    wide[~use] = np.frombuffer(other.ljust(width, b"\0"), np.uint8)
    return wide


def rows(parts: Sequence[bytes | Cells], count: int) -> Cells:
    """Constants and cells side by side: one record a row."""
    widths = [len(part) if isinstance(part, bytes) else part.shape[1] for part in parts]
    made = np.empty((count, sum(widths)), np.uint8)
    at = 0
    for part, width in zip(parts, widths, strict=True):
        made[:, at : at + width] = np.frombuffer(part, np.uint8) if isinstance(part, bytes) else part
        at += width
    return made


def objects(members: Mapping[str, bytes | Cells], count: int, end: bytes) -> Cells:
    """One JSON object a row from the text of its members, followed by `end`."""
    parts: list[bytes | Cells] = []
    for name, cells in members.items():
        parts += [(b"," if parts else b"{") + f'"{name}":'.encode(), cells]
    return rows([*parts, b"}" + end], count)


def squeezed(matrix: Cells) -> bytes:
    """The rows one after another, without the padding."""
    flat = matrix.reshape(-1)
    kept: bytes = flat[flat != 0].tobytes()
    return kept


def replaced(matrix: Cells, chosen: Whole, texts: Sequence[bytes]) -> bytes:
    """As `squeezed`, with other texts in place of some rows (indices in rising order)."""
    pieces: list[bytes] = []
    start = 0
    for row, text in zip(chosen.tolist(), texts, strict=True):
        if row > start:
            pieces.append(squeezed(matrix[start:row]))
        pieces.append(text)
        start = row + 1
    pieces.append(squeezed(matrix[start:]))
    return b"".join(pieces)
