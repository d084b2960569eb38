"""`python -m tests.bench`: builds the data, measures peers and ours in turn, prints tables, writes the page."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.bench.data import Data
from tests.bench.groups import GROUPS, Bench
from tests.bench.machine import about
from tests.bench.page import markdown, plain
from tests.bench.process import FailedError
from tests.bench.programs import ROOT, Programs, install_ajv
from tests.bench.results import Table, load

FULL, QUICK = 1_000_000, 100_000
ON_REQUEST = ("large",)
WITH_AJV = frozenset({"schema", "errors", "forms", "whole", "agreement"})
PAGE = ROOT / "docs" / "performance.md"


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", help=f"groups, comma-separated: {','.join(GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="100,000 records")
    parser.add_argument("--large", action="store_true", help="20 million records too")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, help="folder that keeps the generated data")
    parser.add_argument("--json", type=Path, help="file for all figures (default: in the data folder)")
    parser.add_argument(
        "--page",
        type=Path,
        help="page to write, with its figures beside it as .json; groups that "
        "this run leaves out keep theirs (default: docs/performance.md after a full run)",
    )
    return parser


def chosen_groups(only: str | None, large: bool) -> list[str]:
    """Names of the groups to run, in order. Raises SystemExit for an unknown one."""
    wanted = only.split(",") if only else [name for name in GROUPS if name not in ON_REQUEST]
    wanted += [name for name in ON_REQUEST if large and name not in wanted]
    unknown = sorted(set(wanted) - set(GROUPS))
    if unknown:
        raise SystemExit(f"unknown group: {', '.join(unknown)}; known: {', '.join(GROUPS)}")
    return [name for name in GROUPS if name in wanted]


def told(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    given = arguments().parse_args()
    names = chosen_groups(given.only, given.large)
    root = given.data or Path(os.environ.get("TOX_ENV_DIR", tempfile.gettempdir())) / "lienthong-bench"
    work = root / "work"
    work.mkdir(parents=True, exist_ok=True)
    ajv = None if WITH_AJV.isdisjoint(names) else install_ajv(work)
    folder = ajv if isinstance(ajv, Path) else None
    flags = [flag for flag in sys.argv[1:] if flag in ("--quick", "--large")] + (
        ["--only", given.only] if given.only else []
    )
    lacking = [ajv] if isinstance(ajv, str) else []
    table = Table(about(folder, " ".join(["python -m tests.bench", *flags])), [*lacking])
    for line in lacking:
        told(line)
    records = QUICK if given.quick else FULL
    bench = Bench(Data(root, told), Programs(table, folder), records, given.rounds, work, told)
    results = given.json or root / "results.json"
    failed = False
    for name in names:
        told(name)
        before = len(table.unmeasured)
        try:
            GROUPS[name](bench)
        except FailedError as fault:
            table.unmeasured.append(f"{name}: not measured to its end, as a program failed")
            told(str(fault))
            failed = True
        finally:
            table.stamp(name, [*(lacking if name in WITH_AJV else []), *table.unmeasured[before:]])
            table.save(results)
    print(plain(table))
    page = given.page or (PAGE if not given.only and not given.quick else None)
    if page:
        figures = page.with_suffix(".json")
        whole = table.over(load(figures))
        whole.save(figures)
        page.write_text(markdown(whole), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
