"""The engine of many machines: a Spark task a unit, rules as Spark SQL over the columns where they lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from validator.engine.local import scan
from validator.engine.plan import Placed, Plan
from validator.engine.pool import Died
from validator.engine.scan import Part, scan_unit
from validator.engine.spark_remote import scan_remote
from validator.engine.spark_session import connect
from validator.engine.spark_tables import SparkTables
from validator.engine.spark_tasks import Tasks
from validator.engine.store import Prepare, Store, Work
from validator.engine.units import Unit
from validator.model.scope import Scope
from validator.model.submission import Submission
from validator.observe.remote import Source


class Spark:
    """Spark at a master."""

    def __init__(self, master: str) -> None:
        """Raises UsageError when there is no Spark or Java, or none at that master."""
        self.session = connect(master)

    def scan(
        self, scope: Scope, submission: Submission, work: Path, plan: Plan, source: Source | None = None
    ) -> tuple[Submission, tuple[Placed, ...]]:
        """The submission with its digests and every known data file scanned, by units or, from a source, by files."""
        if source is not None:
            return scan_remote(scope, submission, source, work, plan, self.session)
        return submission, scan(scope, submission, work, plan, self)

    def carry(self, units: Sequence[Unit], prepare: Prepare, work: Work) -> list[Part | Died]:
        """Every unit scanned by some worker."""
        order = {unit.number: i for i, unit in enumerate(units)}

        def heard(unit: Unit, part: Part) -> None:
            work.meter.reached(order[unit.number], unit.end - unit.start, part.records)

        return Tasks(self.session, work.scratch, prepare, _scanned).run(units, heard)

    @contextmanager
    def tables(self, scratch: Path, size: int) -> Iterator[Store]:
        """Views of the run over its columns."""
        with closing(SparkTables(self.session, scratch, size)) as tables:
            yield tables


def _scanned(unit: Unit) -> Part:
    return scan_unit(unit, lambda _size, _records: None)
