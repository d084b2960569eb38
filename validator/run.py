"""One run: a submission and the standards it claims, examined and judged into a report."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from validator.catalogue.load import find_standard
from validator.engine.documents import read_documents
from validator.engine.interrupt import interruptible
from validator.engine.local import OneMachine, load_tables
from validator.engine.package import VIETNAM
from validator.engine.places import Places
from validator.engine.plan import Placed, Plan
from validator.engine.results import ResultMaker, Seen
from validator.engine.store import Engine
from validator.engine.tables import full_disk_told
from validator.engine.tally import Tally
from validator.errors import EngineError, UsageError
from validator.model.finding import Finding
from validator.model.progress import Phase, Progress, no_progress
from validator.model.result import Result
from validator.model.scope import Scope
from validator.model.standard import ConformanceClass
from validator.model.submission import Claim, Submission
from validator.observe.intake import is_archive, receive
from validator.observe.remote import Source, fetch_all, is_url, local_folder, remote_submission
from validator.observe.submission import folder_submission, single_file
from validator.report.build import build_report
from validator.scoping import scope_of

DEFAULT_SAMPLES = 25
LOCAL = "local"
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


def _not_kept(_: Submission) -> None:
    """Nobody asks for the files."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is carried out; none of `jobs`, `exact`, `engine`, `scratch`, `progress` may change its report.

    `engine` is `local`, `spark` or `spark:MASTER`; `scratch` is a folder that all its workers share.
    `name` is what a submission is called whose manifest does not say; `kept` is shown the files while they are there.
    """

    as_of: datetime | None = None
    standard: str | None = None
    conformance_class: ConformanceClass | None = None
    dataset: str | None = None
    jobs: int = 1
    samples: int = DEFAULT_SAMPLES
    profile: Mapping[str, Any] | None = None
    second_opinion: bool = False
    exact: bool = False
    engine: str = LOCAL
    scratch: Path | None = None
    progress: Progress = no_progress
    name: str | None = None
    kept: Callable[[Submission], None] = _not_kept


def validate(given: Path | str, options: Options) -> dict[str, Any]:
    """Examines and judges the submission at a path or URL; the report as plain data. Raises UsageError, EngineError."""
    engine = engine_of(options)
    with scratch_folder(options.scratch) as scratch:
        url = str(given) if is_url(str(given)) else None
        path, source = (local_folder(url), Source(url)) if url else (Path(given), None)
        if path is not None:
            return examine(open_submission(path, options, scratch), options, scratch, engine)
        assert source is not None
        if options.dataset:
            raise UsageError("usage.url_of_folder", {"url": source.url})
        if isinstance(engine, OneMachine):
            return examine(
                folder_submission(fetch_all(source, scratch / "received"), source.name), options, scratch, engine
            )
        submission = remote_submission(source, scratch / "received")
        return examine(submission, options, scratch, engine, source)


@contextmanager
def scratch_folder(given: Path | None = None) -> Iterator[Path]:
    """A folder of this run alone, gone when the run ends. Raises EngineError when the disk takes no more."""
    folder = given or Path(tempfile.gettempdir())
    if not folder.is_dir():
        raise UsageError("usage.no_scratch", {"path": str(folder)})
    try:
        with tempfile.TemporaryDirectory(prefix="lienthong-", dir=folder) as made:
            folder = Path(made)
            yield folder
    except OSError as fault:
        if fault.errno in NO_ROOM or Path(str(fault.filename)).is_relative_to(folder):
            reason = fault.strerror or str(fault)
            raise EngineError("engine.scratch", {"folder": str(folder.parent), "reason": reason}) from fault
        raise


def open_submission(given: Path, options: Options, scratch: Path) -> Submission:
    """The submission behind a path: folder, archive, or one data file with its dataset named."""
    if options.dataset:
        standard = find_standard(options.dataset.split("/")[0])
        if options.dataset.partition("/")[2] not in standard.datasets:
            known = ", ".join(d.id for d in standard.datasets.values())
            raise UsageError("usage.unknown_dataset", {"dataset": options.dataset, "known": known})
        wanted = options.conformance_class or ConformanceClass.BASIC
        claim = Claim(standard.id, standard.version, wanted)
        return single_file(given, options.dataset, claim, options.progress)
    if given.is_file() and not is_archive(given):
        raise UsageError("usage.dataset_needed", {"path": given.name})
    options.progress(Phase.RECEIVING, 0, 0, 0)
    return folder_submission(receive(given, scratch), options.name or given.resolve().name, options.progress)


def examine(
    submission: Submission, options: Options, scratch: Path, engine: Engine, source: Source | None = None
) -> dict[str, Any]:
    """Scans, loads, asks and judges one opened submission, its data here or at their source."""
    scope = scope_of(submission, options.standard, options.conformance_class, options.profile)
    check_datasets(submission)
    as_of = options.as_of or datetime.now(VIETNAM)
    work = scratch / "work"
    work.mkdir()
    plan = Plan(options.jobs, options.samples, options.second_opinion, options.exact, options.progress)
    submission, placed = engine.scan(scope, submission, work, plan, source)
    options.kept(submission)
    documents = read_documents(scope, submission, placed, options.samples)
    private = {
        e.observation.name for e in documents.envelopes if e.document.get("disclosure") in ("internal", "restricted")
    }
    tallies = _merge(scope, placed, documents.tallies, options.samples, private)
    errors = {name: text for p in placed for name, text in p.part.errors.items()}
    with engine.tables(work, sum(f.size for f in submission.files)) as tables:
        moment = as_of.astimezone(VIETNAM).replace(tzinfo=None)
        with interruptible(tables.interrupt):
            options.progress(Phase.LOADING, 0, 0, 0)
            with full_disk_told(scratch.parent):
                load_tables(tables, scope, submission, placed, documents.envelopes, documents.descriptors, moment)
            seen = Seen(scope, submission, placed, tallies, errors, tables, Places(placed, source), options.samples)
            results: tuple[Result, ...] = ResultMaker(seen).results(options.progress)
    profile = (options.profile or {}).get("name")
    return build_report(
        scope, submission, results, as_of, {p.unit.observation.name for p in placed}, _counts(placed), profile
    )


def engine_of(options: Options) -> Engine:
    """The engine that the options name. Raises UsageError when it is not there."""
    name, _, master = options.engine.partition(":")
    if name == LOCAL and not master:
        return OneMachine(options.jobs)
    if name != "spark":
        raise UsageError("usage.unknown_engine", {"engine": options.engine})
    from validator.engine.spark_session import check_installed, master_of

    check_installed()
    from validator.engine.spark_engine import Spark  # imports what the extra brings

    return Spark(master_of(master, options.jobs))


def check_datasets(submission: Submission) -> None:
    """Every dataset that the manifest names must exist in the catalogue. Raises UsageError."""
    for name in {f.dataset for f in submission.files if f.dataset}:
        standard = find_standard(name.split("/")[0])
        if name.partition("/")[2] not in standard.datasets:
            known = ", ".join(d.id for d in standard.datasets.values())
            raise UsageError("usage.unknown_dataset", {"dataset": name, "known": known})


def _counts(placed: tuple[Placed, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for p in placed:
        counts[p.unit.observation.name] = counts.get(p.unit.observation.name, 0) + p.part.records
    return counts


def _merge(
    scope: Scope, placed: tuple[Placed, ...], beside: Mapping[str, Tally], cap: int, private: set[str]
) -> dict[str, Tally]:
    """Scan findings of all units in file order, then those of the package's documents."""
    only_public = {r.id for r in scope.requirements() if any(check.kind == "personal_data" for check in r.checks)}
    tallies: dict[str, Tally] = {}
    gaps = {p.unit.observation.name for p in placed if p.part.lost}
    for p in placed:
        for name, (count, samples) in p.part.tallies.items():
            if name in only_public and p.unit.observation.name in private:
                continue
            tally = tallies.setdefault(name, Tally(cap))
            records = None if p.unit.observation.name in gaps else p.record_base
            tally.merge(count, (_moved(s, p.line_base, records) for s in samples))
    for name, tally in beside.items():
        tallies.setdefault(name, Tally(cap)).merge(tally.count, tally.samples)
    return tallies


def _moved(finding: Finding, lines: int, records: int | None) -> Finding:
    """The finding with line and record of its file; without a record where those before it were lost."""
    if not lines and records == 0:
        return finding
    place = finding.location
    return replace(
        finding,
        location=replace(
            place,
            line=None if place.line is None else place.line + lines,
            record=None if place.record is None or records is None else place.record + records,
        ),
    )
