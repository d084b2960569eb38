"""Arrays as bare pointers inside compiled code, where handing an array from function to function costs more
than the work that is done with it. The arrays outlive the call: whoever calls holds them."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from validator.accept.compiled import compiled


def _pointer(element: types.Type, bits: ir.Type) -> Any:
    @intrinsic
    def pointer(_context, address):  # noqa: ARG001 - the compiler matches its name
        def code(_target, builder, _signature, args):
            return builder.inttoptr(args[0], ir.PointerType(bits))

        return types.CPointer(element)(types.uintp), code

    return pointer


as_bytes = _pointer(types.uint8, ir.IntType(8))
as_shorts = _pointer(types.uint16, ir.IntType(16))
as_integers = _pointer(types.int64, ir.IntType(64))
as_floats = _pointer(types.float64, ir.DoubleType())


@compiled
def bytes_of(array):
    return as_bytes(types.uintp(array.ctypes.data))


@compiled
def shorts_of(array):
    return as_shorts(types.uintp(array.ctypes.data))


@compiled
def integers_of(array):
    return as_integers(types.uintp(array.ctypes.data))


@compiled
def floats_of(array):
    return as_floats(types.uintp(array.ctypes.data))
