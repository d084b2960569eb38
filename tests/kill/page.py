"""docs/kill-table.md from the runs side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from fixtures.reference_sut import registry
from tests.kill.tools import Seen

TOOLS = ("lienthong", "schemathesis", "openapi-core")
CONTRACT = ("R02", "R03")
NO_DOCUMENT_SAYS = (
    "head_differs", "cors_missing", "conformance_empty", "landing_lacks_links", "one_record_wrong_deep",
    "item_differs_from_list", "collection_claims_unwritable_write", "stack_trace", "sql_in_detail", "path_in_detail",
    "refused_but_stored", "put_any_key",
)  # fmt: skip
HEAD = Path(__file__).with_name("page_head.md")
MODULE = "python -m tests.kill.side_by_side"


@dataclass(frozen=True)
class Setting:
    """How the runs were made: schemathesis on every so-manieth mutant, versions, the day, cores of the machine."""

    every: int
    cores: int
    day: str
    versions: str


@dataclass(frozen=True)
class Row:
    """A run with what follows from it. `new`: failures that the reference never showed; `by_error`: none, but the
    tool had an error of its own that it never had on the reference."""

    seen: Seen
    new: tuple[tuple[str, str, str], ...]
    by_error: bool

    @property
    def raised(self) -> bool:
        return bool(self.new) or self.by_error


def sort_of(name: str) -> str:
    """contract: one exchange shows it against the system's own document; semantic: everything else."""
    mutant = registry.MUTANTS[name]
    return "contract" if mutant.requirement in CONTRACT and name not in NO_DOCUMENT_SAYS else "semantic"


def rows(seen: Sequence[Seen]) -> list[Row]:
    once = {(s.tool, s.kind, s.name, s.seed): s for s in seen}.values()
    usual: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    errors: dict[str, set[str]] = defaultdict(set)
    for s in once:
        if s.kind == "reference":
            usual[s.tool] |= set(s.failures)
            errors[s.tool] |= set(s.errors)
    return [_row(s, usual[s.tool], errors[s.tool]) for s in once]


def _row(seen: Seen, usual: set[tuple[str, str, str]], errors: set[str]) -> Row:
    new = tuple(f for f in seen.failures if f not in usual)
    foreign = seen.tool == "schemathesis"  # an error of our own is no kill, and openapi-core's are failures
    return Row(seen, new, foreign and not new and bool(set(seen.errors) - errors))


def page(seen: Sequence[Seen], setting: Setting) -> str:
    """The whole page, Markdown."""
    registry.load()
    found = rows(seen)
    parts = [_head(setting), _killed(found), _alarms(found), _cost(found), _data(found), _survivors(found)]
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(setting: Setting) -> Iterator[str]:
    command, sampled, rest = MODULE, "On every mutant, variant and trap.", ""
    if setting.every > 1:
        command = f"{MODULE} --sample {setting.every}"
        sampled = (
            f"On a systematic sample: of each requirement's mutants the first and every {setting.every}th after it, "
            "as the registry has them, and every third variant."
        )
        rest = f"For all mutants: `{MODULE}`, with `lienthong[schemathesis]` or `--schemathesis PATH`."
    exceptions = ", ".join(f"`{name}`" for name in NO_DOCUMENT_SAYS)
    yield HEAD.read_text("utf-8").format(
        command=command, day=setting.day, versions=setting.versions, cores=setting.cores, rest=rest, sampled=sampled,
        exceptions=exceptions,
    )  # fmt: skip


def _killed(found: Sequence[Row]) -> Iterator[str]:
    yield "## Kills"
    yield ""
    yield "| | mutants | lienthong | openapi-core | schemathesis | lienthong on the mutants that schemathesis saw |"
    yield "|---|---|---|---|---|---|"
    mutants = [row for row in found if row.seen.kind == "mutant"]
    requirements = sorted({m.requirement for m in registry.MUTANTS.values()})
    for requirement in requirements:
        yield _line(requirement, mutants, lambda name, r=requirement: registry.MUTANTS[name].requirement == r)
    for sort in ("contract", "semantic"):
        yield _line(f"**{sort}**", mutants, lambda name, s=sort: sort_of(name) == s)
    yield _line("**all**", mutants, lambda _: True)
    by_error = sorted(row.seen.name for row in mutants if row.by_error)
    yield ""
    yield f"Kills of schemathesis by an error of its own alone: {_names(by_error)}."
    yield ""


def _line(label: str, mutants: Sequence[Row], wanted: Callable[[str], bool]) -> str:
    of = {tool: [r for r in mutants if r.seen.tool == tool and wanted(r.seen.name)] for tool in TOOLS}
    looked = {row.seen.name for row in of["schemathesis"]}
    same = [row for row in of["lienthong"] if row.seen.name in looked]
    count = sum(wanted(name) for name in registry.MUTANTS)
    cells = [of["lienthong"], of["openapi-core"], of["schemathesis"], same]
    return f"| {label} | {count} | " + " | ".join(_share(cell) for cell in cells) + " |"


def _share(found: Sequence[Row]) -> str:
    return f"{sum(row.raised for row in found)} of {len(found)}" if found else "–"


def _alarms(found: Sequence[Row]) -> Iterator[str]:
    yield "## False alarms"
    yield ""
    yield "The reference and its variants and traps are correct. On them only what the reference does not show is new."
    yield ""
    yield "| | kinds of failure on the reference | variants and traps with new ones |"
    yield "|---|---|---|"
    usual = {tool: _usual(found, tool) for tool in TOOLS}
    for tool in TOOLS:
        alike = [row for row in found if row.seen.tool == tool and row.seen.kind in ("variant", "trap")]
        yield f"| {tool} | {len(usual[tool])} | {_share(alike)} |"
    yield ""
    for tool in TOOLS[1:]:
        for check, operation, status in usual[tool]:
            yield f"- {tool} on the reference: {check}, `{operation}`, {status}"
    for row in found:
        if row.seen.kind in ("variant", "trap") and row.raised:
            what = "; ".join(f"{c} `{o}` {s}".strip() for c, o, s in row.new[:3]) or "; ".join(row.seen.errors[:2])
            more = f" and {len(row.new) - 3} more" if len(row.new) > 3 else ""
            yield f"- {row.seen.tool} on {row.seen.kind} `{row.seen.name}`: {what}{more}"
    yield ""


def _usual(found: Sequence[Row], tool: str) -> list[tuple[str, str, str]]:
    """Kinds of failure that a tool has shown on the reference."""
    seen = (row.seen for row in found if row.seen.tool == tool and row.seen.kind == "reference")
    return sorted({failure for one in seen for failure in one.failures})


def _cost(found: Sequence[Row]) -> Iterator[str]:
    yield "## Seconds and requests"
    yield ""
    yield "| | runs | seconds, median | longest | requests, median | most | runs that did not come to their end |"
    yield "|---|---|---|---|---|---|---|"
    for tool in TOOLS:
        mine = [row.seen for row in found if row.seen.tool == tool]
        if mine:
            spent, sent = [s.seconds for s in mine], [s.requests for s in mine]
            yield (
                f"| {tool} | {len(mine)} | {median(spent):.1f} | {max(spent):.1f} | {median(sent):.0f} | {max(sent)} | "
                f"{_names(sorted({s.name for s in mine if not s.completed}))} |"
            )
    yield ""


def _data(found: Sequence[Row]) -> Iterator[str]:
    yield "## What became of the data"
    yield ""
    yield "Writing was allowed to all three. On the reference:"
    yield ""
    for tool in TOOLS:
        mine = [row.seen for row in found if row.seen.tool == tool and row.seen.kind == "reference"]
        for s in sorted(mine, key=lambda s: s.seed):
            if tool == "lienthong":
                yield f"- lienthong, seed {s.seed}: {'every record as it was' if s.kept else 'records were changed'}"
            else:
                yield f"- {tool}, seed {s.seed}: {s.kept} of {s.records} records as they were, {s.added} added"
    mutants = {tool: [r.seen for r in found if r.seen.tool == tool and r.seen.kind == "mutant"] for tool in TOOLS}
    yield ""
    touched = "; ".join(
        f"{tool} {sum(s.kept < s.records or s.added > 0 for s in seen)} of {len(seen)}"
        for tool, seen in mutants.items()
    )
    yield f"Mutants whose records were not as before (a mutant that writes wrongly may be the cause itself): {touched}."
    yield ""


def _survivors(found: Sequence[Row]) -> Iterator[str]:
    yield "## Who saw what"
    yield ""
    mutants = [row for row in found if row.seen.kind == "mutant"]
    for tool in TOOLS[1:]:
        for sort in ("contract", "semantic"):
            of = [row for row in mutants if row.seen.tool == tool and sort_of(row.seen.name) == sort]
            yield f"- {tool}, {sort}, killed: {_names([row.seen.name for row in of if row.raised])}"
    for tool in TOOLS[:2]:
        left = [row.seen.name for row in mutants if row.seen.tool == tool and not row.raised]
        yield f"- {tool}, survived: {_names(left)}"
    for row in mutants:
        if row.seen.tool == "lienthong" and row.seen.errors:
            yield f"- lienthong on `{row.seen.name}`: {row.seen.errors[0]}"


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
