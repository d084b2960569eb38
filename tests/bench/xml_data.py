"""One large XML document of observations for a small XML Schema, some of them wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from tests.bench.reference import HOURS, STATIONS, hour_texts
from tests.bench.text import Cells, decimals, integers, replaced, rows, words

SCHEMA = Path(__file__).with_name("document.xsd")
NAMESPACE = "urn:lienthong:bench:air"
ROOT = "observations"
RECORD = "observation"
BLOCK = 50_000
NOTES = (
    "Giá trị trung bình giờ do trạm tự động tính từ các giá trị năm phút, chưa hiệu chỉnh theo thiết bị đối chứng",
    "Giá trị trung bình giờ đã được kiểm tra theo quy trình nội bộ của đơn vị vận hành trạm quan trắc",
)


def document(count: int, rate: float, seed: int) -> Iterator[bytes]:
    """The document in blocks: `count` record elements of about 340 B, a share `rate` of them wrong."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{ROOT} xmlns="{NAMESPACE}">\n'.encode()
    for number, start in enumerate(range(0, count, BLOCK)):
        size = min(BLOCK, count - start)
        matrix = _block(seed, number, size)
        rng = np.random.default_rng([seed, number, 1])
        chosen = np.flatnonzero(rng.random(size) < rate)
        dice = random.Random(f"{seed}/{number}")
        yield replaced(matrix, chosen, [dice.choice(FAULTS)(matrix[row][matrix[row] != 0].tobytes()) for row in chosen])
    yield f"</{ROOT}>\n".encode()


def _block(seed: int, number: int, count: int) -> Cells:
    rng = np.random.default_rng([seed, number])
    at = number * BLOCK + np.arange(count)
    station, hour = at % STATIONS, at // STATIONS % HOURS
    return rows([
        b'<observation id="urn:vn:air:obs:48:', integers(station, 6, True), b":", integers(at, 12),
        b'" station="urn:vn:air:station:DN-KK-', integers(station, 6, True), b'" hour="', words(hour_texts(), hour),
        b'" minutes="', integers(rng.integers(0, 61, count), 2), b'" quality="good"><pm25>',
        decimals(rng.integers(50, 950, count), 1, 2), b"</pm25><note>", words(NOTES, rng.integers(0, 2, count)),
        b"</note></observation>\n",
    ], count)  # fmt: skip


FAULTS: tuple[Callable[[bytes], bytes], ...] = (
    lambda raw: raw.replace(b"<pm25>", b"<pm25>-", 1),
    lambda raw: raw.replace(b'quality="good"', b'quality="ok"', 1),
    lambda raw: raw.replace(b"<note>", b"<remark>", 1).replace(b"</note>", b"</remark>", 1),
    lambda raw: raw.replace(b"DN-KK", b"dn", 1),
    lambda raw: raw.replace(b"T", b" ", 1),
    lambda raw: raw.replace(b' quality="good"', b"", 1),
    lambda raw: raw.replace(b'minutes="', b'minutes="9', 1).replace(b"<pm25>", b"<pm25>x", 1),
)
"""Each makes one record refused by the schema."""
