"""What a watch saw, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from validator.cli.words import say
from validator.report.wording import duration, integer, moment, rate

if TYPE_CHECKING:
    from validator.api.window import Window


def summary(lang: str, window: Window) -> Iterator[str]:
    """The lines that `watch` ends with."""
    if window.torn:
        yield say(lang, "watch.torn", bytes=window.torn)
    if not window.ended:
        yield say(lang, "watch.not_ended")
    if window.start is None or window.end is None:
        yield say(lang, "watch.no_probe")
    else:
        yield say(
            lang, "watch.window", start=moment(window.start.isoformat(timespec="seconds"), lang),
            end=moment(window.end.isoformat(timespec="seconds"), lang), length=duration(window.seconds, lang),
            probes=integer(window.probes, lang), interval=duration(window.interval, lang),
        )  # fmt: skip
        yield say(lang, "watch.observed", share=rate(window.observed, lang), gap=duration(window.largest_gap, lang))
        yield from _service(lang, window)
        yield from _clocks(lang, window)
    yield say(lang, "watch.head", head=window.head)


def _service(lang: str, window: Window) -> Iterator[str]:
    availability, judged = rate(window.availability, lang), integer(window.judged, lang)
    yield say(lang, "watch.availability", availability=availability, up=integer(window.up, lang), judged=judged)
    if window.probes > window.judged:
        yield say(lang, "watch.unjudged", count=integer(window.probes - window.judged, lang))
    if window.failures:
        counts = ", ".join(f"{kind} {integer(count, lang)}" for kind, count in window.failures.items())
        yield say(lang, "watch.failures", failures=counts)
    if window.pages is None:
        yield say(lang, "watch.no_latency")
    else:
        figures = {name: _seconds(getattr(window.pages, name), lang) for name in ("p50", "p95", "longest")}
        counts_of = {name: integer(getattr(window.pages, name), lang) for name in ("count", "whole")}
        yield say(lang, "watch.latency", **figures, **counts_of)
    data = window.data
    yield say(
        lang, "watch.changes", updates=integer(len(data.updates), lang), heartbeats=integer(len(data.heartbeats), lang),
        contradictions=integer(len(data.contradictions), lang), silent=integer(len(window.tags.silent), lang),
    )  # fmt: skip


def _clocks(lang: str, window: Window) -> Iterator[str]:
    if window.skew:
        yield say(lang, "watch.clock", skew=_seconds(window.skew, lang))
    kept = {True: "kept", False: "not_kept", None: "unknown"}[window.synchronised]
    yield say(lang, f"watch.clock_{kept}")
    if window.clock_steps:
        yield say(lang, "watch.clock_steps", count=integer(len(window.clock_steps), lang))


def _seconds(value: float, lang: str) -> str:
    shown = f"{value:.3f}"
    return shown.replace(".", ",") if lang == "vi" else shown
