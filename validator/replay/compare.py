"""Two reports of one examination: where the second says something else than the first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

OF_RESULT: Final = ("outcome", "cause", "examined", "findings_count", "findings")
OF_ASSERTION: Final = ("outcome", "cause", "examined", "requests")
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs (`outcome`, `findings_count`, …; a part of the report; `journal`; `unasked`), of which requirement
    and test, and how it was and is, as text."""

    what: str
    then: str
    now: str
    requirement: str | None = None
    test: str | None = None


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Outcome by outcome, then everything else that a report holds."""
    found = [*_results(then["results"], now["results"])]
    parts = sorted((then.keys() | now.keys()) - {"results", "digest", "report_id"})
    for name in parts:
        found += _part(name, then.get(name), now.get(name))
    if not found and then["results"] != now["results"]:
        found += _part("results", then["results"], now["results"])
    if then["digest"] != now["digest"]:
        found.append(Difference("digest", then["digest"], now["digest"]))
    return tuple(found)


def journals(then: Path, now: Path) -> tuple[Difference, ...]:
    """The first line in which two journals of settled tests differ."""
    with then.open("rb") as old, now.open("rb") as new:
        for number, (a, b) in enumerate(zip_longest(old, new, fillvalue=b""), 1):
            if a != b:
                old_line, new_line = (line.decode("utf-8", "replace").strip()[:LONGEST] or "∅" for line in (a, b))
                return (Difference("journal", old_line, new_line, test=f"run.ndjson:{number}"),)
    return ()


def _results(then: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[Difference]:
    old, new = ({r["requirement"]: r for r in results} for results in (then, now))
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name, {}), new.get(name, {})
        for member in OF_RESULT:
            yield from _differs(member, before, after, name, None)
        tests, again = ({a["name"]: a for a in side.get("assertions", ())} for side in (before, after))
        for test in dict.fromkeys([*tests, *again]):
            for member in OF_ASSERTION:
                yield from _differs(member, tests.get(test, {}), again.get(test, {}), name, test)


def _differs(
    member: str, then: Mapping[str, Any], now: Mapping[str, Any], requirement: str, test: str | None
) -> Iterator[Difference]:
    old, new = then.get(member), now.get(member)
    if old != new:
        if member == "findings":
            old, new = _first(old or [], new or [])
        yield Difference(member, _shown(old), _shown(new), requirement, test)


def _first(then: list[Any], now: list[Any]) -> tuple[Any, Any]:
    """The first finding that is another one, as far as it can be read."""
    pair = next((a, b) for a, b in zip_longest(then, now) if a != b)
    told = [finding and {"location": finding["location"], "message": finding["message"]} for finding in pair]
    return (told[0], told[1]) if told[0] != told[1] else (pair[0]["evidence"], pair[1]["evidence"])


def _part(name: str, then: Any, now: Any) -> Iterator[Difference]:
    if then == now:
        return
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for member in sorted(then.keys() | now.keys()):
            yield from _part(f"{name}.{member}", then.get(member), now.get(member))
        return
    yield Difference(name, _shown(then), _shown(now))


def _shown(value: Any) -> str:
    text = "∅" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
