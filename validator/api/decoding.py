"""Bodies, taken in bounded: content codings undone by ourselves, a bomb stopped where it begins to blow up."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from validator.api.fault import Fault
from validator.api.limits import Limits
from validator.model.exchange import Failure

FREE = 1024 * 1024
CODINGS = 3
BEGINNINGS = (b"[", b"{", b",")
_STEP = 256 * 1024


class Body:
    """Collects a response's body. `feed` and `end` raise Fault (too_large, bomb, encoding)."""

    def __init__(self, encoding: str | None, limits: Limits) -> None:
        self._limits = limits
        self._received = 0
        self._decoded = bytearray()
        self._layers = [_Layer(coding) for coding in reversed(_codings(encoding))]

    def feed(self, data: bytes) -> None:
        """Takes in bytes as they came."""
        self._received += len(data)
        for piece in _through(self._layers, data):
            self._decoded += piece
            size = len(self._decoded)
            if size > self._limits.body:
                raise Fault(self._excess(), "body")
            if size > FREE and size > self._received * self._limits.inflation:
                raise Fault(Failure.BOMB, "body")

    def expect(self, length: str | None) -> None:
        """Refuses a stated length beyond the limit before any of it is read. Raises Fault."""
        stated = (length or "").strip()
        if stated.isascii() and stated.isdigit() and len(stated) < 20 and int(stated) > self._limits.body:
            raise Fault(Failure.TOO_LARGE, "body")

    def end(self) -> bytes:
        """The decoded body, whole."""
        if self._received and not all(layer.whole for layer in self._layers):
            raise Fault(Failure.ENCODING, "incomplete")
        # Each becomes an object of ours, many times as large as its letters.
        if len(self._decoded) > FREE and sum(map(self._decoded.count, BEGINNINGS)) > self._limits.values:
            raise Fault(Failure.TOO_LARGE, "values")
        return bytes(self._decoded)

    def _excess(self) -> Failure:
        """Beyond the limit only because it was inflated: a bomb of the slower kind."""
        return Failure.BOMB if self._layers and self._received * 20 < len(self._decoded) else Failure.TOO_LARGE


class _Layer:
    """One gzip or deflate coding."""

    def __init__(self, coding: str) -> None:
        self._gzip = coding != "deflate"
        self._machine: zlib._Decompress | None = None
        self.whole = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decoded pieces of at most `_STEP` bytes, so that whoever counts them can stop in between."""
        full = False
        while data or full:
            machine = self._machine or self._begin(data)
            try:
                piece = machine.decompress(data, _STEP)
            except zlib.error:
                raise Fault(Failure.ENCODING, "corrupt") from None
            data, full = machine.unconsumed_tail, len(piece) == _STEP
            if machine.eof:
                data, full, self._machine, self.whole = machine.unused_data, False, None, True
            if piece:
                yield piece

    def _begin(self, data: bytes) -> zlib._Decompress:
        # "deflate" means zlib's format, but raw deflate is sent under that name as well.
        deflate = zlib.MAX_WBITS if data[0] & 0x0F == 8 else -zlib.MAX_WBITS
        self._machine, self.whole = zlib.decompressobj(16 + zlib.MAX_WBITS if self._gzip else deflate), False
        return self._machine


def _through(layers: list[_Layer], data: bytes) -> Iterator[bytes]:
    if not layers:
        yield data
        return
    for piece in layers[0].feed(data):
        yield from _through(layers[1:], piece)


def _codings(encoding: str | None) -> list[str]:
    names = [name.strip().lower() for name in (encoding or "").split(",")]
    codings = [name.removeprefix("x-") for name in names if name not in ("", "identity")]
    unknown = [name for name in codings if name not in ("gzip", "deflate")]
    if unknown or len(codings) > CODINGS:
        raise Fault(Failure.ENCODING, f"unknown {unknown[0][:40]}" if unknown else "too many codings")
    return codings
