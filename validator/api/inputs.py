"""Inputs that do not come from the system's data: hypothesis draws them, and the seed alone decides which."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

T = TypeVar("T")
SYLLABLES: Final = (
    "Đà", "Nẵng", "Huế", "phường", "xã", "đặc khu", "Thừa", "Thiên", "Ngũ", "Hành", "Sơn", "hoà", "hòa", "thuỷ",
    "thủy", "Điện", "Bàn", "nghĩa", "Quế", "trường", "ượu", "ễ", "ỷ",
)  # fmt: skip
ODD: Final = ("𠀋𡗶", "👩‍👩‍👧", "‮abc", "a\u0000b", "%", "..%2f..", "' OR '1'='1", "<b>", "x" * 3000)


def draw(strategy: st.SearchStrategy[T], seed: int, count: int) -> list[T]:
    """`count` values of a strategy (fewer where it has no more), the same for the same seed."""
    drawn: list[T] = []

    @seeded(seed)
    @settings(
        max_examples=count, phases=(Phase.generate,), database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def take(value: T) -> None:
        drawn.append(value)

    take()
    return drawn


def vietnamese(seed: int, count: int) -> list[str]:
    """Vietnamese texts in NFC; each has another NFD form."""
    words = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=4).map(" ".join)
    told = words.map(lambda text: unicodedata.normalize("NFC", text))
    return draw(told.filter(lambda text: unicodedata.normalize("NFD", text) != text), seed, count)


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def page_sizes(seed: int, count: int, most: int) -> list[int]:
    return draw(st.integers(min_value=1, max_value=most), seed, count)


def unknown_parameters(seed: int, count: int) -> list[tuple[str, str]]:
    """(name, value) of query parameters that no standard knows."""
    names = st.text(alphabet="abcdefghijklmnopqrstuvwxyz_", min_size=3, max_size=12).map(lambda n: f"x_{n}")
    return draw(st.tuples(names, st.sampled_from(["1", "Đà Nẵng", "true", "0"])), seed, count)


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong input: what is wrong in a word, and the query or body that has it."""

    name: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None


PARAMETER_FAULTS: Final[Mapping[str, tuple[str, ...]]] = {
    "limit": ("abc", "0", "-1", "1.5", "10001", "99999999999999999999", "١"),
    "datetime": (
        "hôm nay", "2026-13-01T00:00:00Z", "2026-11-01T25:00:00Z", "2026-11-01T00:00:00",
        "2026-11-02T00:00:00Z/2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z/2026-11-02T00:00:00Z/..", "../..", "/",
    ),
    "province_code": ("4", "ABC", "480"),
    "commune_code": ("2019", "ABCDE", "201970"),
    "bbox": ("1,2,3", "a,b,c,d", "109,16,108,17,1", "108,17,109,16", "108,-91,109,16", "108,16,nan,17"),
    "cursor": ("khong-phai-con-tro", "../../etc/passwd", "%00"),
}  # fmt: skip


def parameter_faults(names: tuple[str, ...]) -> list[Fault]:
    """One wrong value of one parameter a case."""
    return [Fault(f"{name}={value[:30]}", ((name, value),)) for name in names for value in PARAMETER_FAULTS[name]]
