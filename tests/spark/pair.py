"""One submission loaded into both engines, so that a requirement can be asked of each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from validator.cases import Case
from validator.edits import apply_edit
from validator.engine.documents import read_documents
from validator.engine.local import Plan, load_tables, scan
from validator.engine.package import VIETNAM
from validator.engine.places import Places
from validator.engine.results import ResultMaker, Seen
from validator.engine.spark_tables import SparkTables
from validator.engine.tables import Tables
from validator.model.standard import ConformanceClass
from validator.observe.submission import folder_submission
from validator.scoping import scope_of
from validator.seal import seal_folder

CAP = 1000


def edited(case: Case, root: Path) -> Path:
    """The case's example with its edits, in a folder of its own."""
    shutil.copytree(case.standard.folder / "examples" / str(case.raw.get("example", "main")), root)
    for edit in case.raw.get("edits") or ():
        apply_edit(root, edit)
    if case.raw.get("seal", True):
        seal_folder(root)
    return root


@dataclass(frozen=True, slots=True)
class Pair:
    """Makers of results over the very same scan: on DuckDB's tables, and on Spark's."""

    duck: ResultMaker
    spark: ResultMaker


@contextmanager
def both(
    root: Path, scratch: Path, session: Any, wanted: str | None = None, as_of: str | None = None, cap: int = CAP
) -> Iterator[Pair]:
    """A submission scanned once and loaded into both engines; of each result, `cap` findings are shown."""
    submission = folder_submission(root, root.name)
    scope = scope_of(submission, None, ConformanceClass(wanted) if wanted else None, None)
    moment = (datetime.fromisoformat(as_of) if as_of else datetime.now(VIETNAM)).astimezone(VIETNAM)
    scratch.mkdir()
    placed = scan(scope, submission, scratch, Plan(1, cap))
    documents = read_documents(scope, submission, placed, cap)
    errors = {name: text for p in placed for name, text in p.part.errors.items()}
    with closing(Tables(scratch, 1, 1)) as duck, closing(SparkTables(session, scratch, 1)) as spark:
        made = []
        for tables in (duck, spark):
            load_tables(
                tables, scope, submission, placed, documents.envelopes, documents.descriptors,
                moment.replace(tzinfo=None),
            )  # fmt: skip
            made.append(ResultMaker(Seen(scope, submission, placed, {}, errors, tables, Places(placed), cap)))
        yield Pair(*made)
