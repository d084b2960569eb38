"""The figures of one series worked out slot by slot in Python: slow, plain, and what the SQL must equal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any


def nearest_rank(ordered: list[float], share: float) -> float | None:
    """The percentile by nearest rank of an ascending list; None of an empty one."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def finite(value: float | None) -> float | None:
    """None for the lag of a slot that never came, which JSON has no number for."""
    return None if value is None or math.isinf(value) else value


def measure(
    seen: Mapping[datetime, datetime | None], start: datetime, last: datetime, every: timedelta, deadline: timedelta
) -> dict[str, Any]:
    """The figures over the window [start, last + every) of slots and when each was available."""
    expected = [start + every * i for i in range((last - start) // every + 1)]
    lags: list[float] = []
    late: list[datetime] = []
    on_time = run = longest = 0
    settled = every if deadline > every else timedelta(0)
    days: dict[str, list[int]] = {}
    for slot in expected:
        available = seen.get(slot)
        punctual = available is not None and available <= slot + deadline
        day = days.setdefault(slot.date().isoformat(), [0, 0, 0])
        day[0] += 1
        day[1] += available is not None
        day[2] += punctual
        on_time += punctual
        run = 0 if available is not None else run + 1
        longest = max(longest, run)
        if not punctual:
            late.append(slot)
        lags.append(math.inf if available is None else (available - slot - settled).total_seconds())
    lags.sort()
    delivered = sum(seen.get(slot) is not None for slot in expected)
    return {
        "window": {"from": start.isoformat(), "to": (last + every).isoformat()},
        "expected": len(expected), "delivered": delivered, "on_time": on_time,
        "cr": round(delivered / len(expected), 6), "otr": round(on_time / len(expected), 6),
        "lag_p50_s": finite(nearest_rank(lags, 0.5)), "lag_p95_s": finite(nearest_rank(lags, 0.95)),
        "lag_max_s": finite(lags[-1]), **_intervals(seen, last + every), "lrm": longest, "late": late,
        "days": [{"date": d, "expected": n[0], "delivered": n[1], "on_time": n[2]} for d, n in sorted(days.items())],
    }  # fmt: skip


def _intervals(seen: Mapping[datetime, datetime | None], end: datetime) -> dict[str, float | None]:
    moments = sorted({available for available in seen.values() if available is not None})
    if not moments:
        return {"interval_p95_s": None, "interval_max_s": None}
    gaps = [(b - a).total_seconds() for a, b in pairwise(moments)]
    gaps = sorted([*gaps, max(0.0, (end - moments[-1]).total_seconds())])
    return {"interval_p95_s": nearest_rank(gaps, 0.95), "interval_max_s": gaps[-1]}
