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


_EIGHT = ir.IntType(64)


def _load_eight(_context, pointer, at):  # noqa: ARG001 - the compiler matches their names
    """Eight bytes from a place on, wherever it lies, as one number."""

    def code(_target, builder, _signature, args):
        place = builder.bitcast(builder.gep(args[0], [args[1]]), ir.PointerType(_EIGHT))
        loaded = builder.load(place)
        loaded.align = 1
        return loaded

    return types.int64(types.CPointer(types.uint8), types.intp), code


def _store_eight(_context, pointer, at, value):  # noqa: ARG001 - the compiler matches their names
    """Writes eight bytes from a place on, wherever it lies."""

    def code(_target, builder, _signature, args):
        place = builder.bitcast(builder.gep(args[0], [args[1]]), ir.PointerType(_EIGHT))
        builder.store(args[2], place).align = 1
        return _target.get_dummy_value()

    return types.void(types.CPointer(types.uint8), types.intp, types.int64), code


load_eight: Any = intrinsic(_load_eight)
store_eight: Any = intrinsic(_store_eight)
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
