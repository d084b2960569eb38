"""What compiled code kept, as Arrow arrays: no value becomes a Python object on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from validator.accept import program as p
from validator.accept.compiled import compiled
from validator.accept.places import copy
from validator.accept.pointers import bytes_of, integers_of

Take = Callable[[Any], Any]
_PLAIN: Final = {p.WHOLE: np.dtype(np.int64), p.INSTANT: np.dtype("datetime64[us]")}


@compiled
def gather(source, starts, offsets, count, data):
    for k in range(count):
        at = offsets[k]
        copy(source, starts[k], starts[k] + offsets[k + 1] - at, data, at)


@compiled
def gather_texts(source, starts, offsets, data):
    """Puts texts one after another; `offsets` are where each starts, and where the last one ends."""
    gather(bytes_of(source), integers_of(starts), integers_of(offsets), len(starts), bytes_of(data))


def column_array(
    column: int, keep: int, kept: npt.NDArray[np.int64], text: npt.NDArray[np.uint8], memory: p.Memory, take: Take
) -> Any:
    """One column of the kept rows; `take` is what a list's value becomes."""
    valid = memory.v[column][kept]
    starts = memory.c[2 * column]
    if keep == p.NOT_KEPT:
        return None
    if keep in (p.SPAN, p.COMPACT):
        source = memory.b if keep == p.COMPACT else text
        return _texts(source, starts[kept], memory.c[2 * column + 1][kept], valid)
    missing = valid == 0
    mask = missing if missing.any() else None
    if keep == p.REAL:
        return pa.array(memory.f[column][kept], pa.float64(), mask)
    whole = starts[kept]
    if keep == p.RAW:
        spans = zip(whole, memory.c[2 * column + 1][kept], missing, strict=True)
        return [None if gone else take(orjson.loads(text[at : at + n].tobytes())) for at, n, gone in spans]
    if keep == p.TRUTH:
        return pa.array(whole != 0, pa.bool_(), mask)
    if keep == p.DAY:
        return pa.array(whole.astype("datetime64[D]"), pa.date32(), mask)
    return pa.array(whole.view(_PLAIN[keep]), mask=mask)


def _texts(
    source: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.int64],
    valid: npt.NDArray[np.uint8],
) -> pa.Array:
    sizes = np.where(valid, sizes, 0)
    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    data = np.empty(offsets[-1], np.uint8)
    gather_texts(source, starts, offsets, data)
    nulls = int(len(valid) - np.count_nonzero(valid))
    bits = pa.py_buffer(np.packbits(valid, bitorder="little")) if nulls else None
    return pa.StringArray.from_buffers(
        len(sizes), pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data), bits, nulls
    )
