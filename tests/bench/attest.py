"""Attesting: a certificate issued and verified, a long report set as PDF, examinations replayed; each beside a peer."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pypdf import PdfReader

from fixtures.reference_sut.running import running
from tests.bench.attest_ground import CITY, CLAIMED, CLASS, Place, make, write_long_report, write_report
from tests.bench.process import FailedError, run
from tests.bench.programs import ROOT, VERDICTS, Entry
from tests.bench.results import OURS, Row
from tests.verifier_page import BROWSERS

if TYPE_CHECKING:
    from tests.bench.groups import Bench

GROUP = "attest"
EMPTY, HELD, ISSUE = "issue into an empty register", "issue into a register of 1,000", "issue, the whole command"
VERIFY, VERIFY_COMMAND = "verify", "verify, the whole command"
LONG, CITY_AGAIN, LIVE_AGAIN = "report as PDF, the whole command", "replay of the sample city", "replay of a live run"
SIGNATURE, DISK = "cryptography, one signature", "as many bytes written and synced"
KEYS = "opening its two encrypted keys"
SECOND, BROWSER = "second verifier, in Node", "chromium, printing our HTML"
FIRST, FIRST_BUNDLED, FIRST_LIVE = "validate", "validate --bundle --with-data", "test --bundle"
ALREADY, ISSUES, UNLOCKS, CHECKS, LEAST_PAGES = 1_000, 20, 3, 200, 200
MEMORY_EVERY_S = 0.02


def attest(bench: Bench) -> None:
    """Certificates, a PDF and replays."""
    folder = bench.work / GROUP
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    report = folder / "report.json"
    write_report(report)
    held = Place(folder / "held")
    make(held, report, ALREADY)
    bench.told(f"  a register of {ALREADY:,} certificates is made")
    bench.alternate([*_issues(bench, folder, held, report), *_verifications(bench, held)])
    bench.alternate([*_replays(bench, folder), *_live_replays(bench, folder)])
    _long_report(bench, folder)


def _entry(bench: Bench, case: str, name: str, measure: Callable[[Row], None]) -> Entry:
    return Entry(bench.table.row(GROUP, case, name, 1), measure)


def _acts(rows: Sequence[Row], act: str, number: int, *given: object) -> None:
    """An act many times in a process of its own, by that one's clock; a row for each time that it tells."""
    ran = run([[sys.executable, "-m", "tests.bench.attesting", act, *map(str, (number, *given))]], cwd=ROOT)
    for row, seconds in zip(rows, ran.answers()[0]["seconds"], strict=True):
        row.seconds.append(seconds)
        row.walls.append(ran.wall)


def _command(row: Row, words: Sequence[object], good: Sequence[int] = (0,)) -> None:
    """A whole program from start to end."""
    ran = run([list(map(str, words))], cwd=ROOT, good=good)
    row.seconds.append(ran.wall)
    row.walls.append(ran.wall)


def _ours(*words: object) -> list[object]:
    return [sys.executable, "-m", "validator", *words]


def _issues(bench: Bench, folder: Path, held: Place, report: Path) -> Iterator[Entry]:
    fresh = Place(folder / "fresh")
    empty_disk, held_disk = (bench.table.row(GROUP, case, DISK, 1) for case in (EMPTY, HELD))

    def into_empty(row: Row) -> None:
        shutil.rmtree(fresh.folder, ignore_errors=True)
        make(fresh, report, 1)
        _acts([row, empty_disk], "issue", ISSUES, fresh.folder, report)

    standards = [word for name in CLAIMED for word in ("--standard", name)]
    signing = (
        "--register",
        fresh.register,
        "--key",
        fresh.key,
        "--passphrase-file",
        fresh.passphrase,
        "--log-key",
        fresh.log_key,
    )
    command = _ours("certificate", "issue", report, *signing, *standards, "--class", CLASS.value)
    yield _entry(bench, EMPTY, SIGNATURE, lambda row: _acts([row], "sign", CHECKS, held.folder))
    yield _entry(bench, EMPTY, OURS, into_empty)
    yield _entry(bench, HELD, OURS, lambda row: _acts([row, held_disk], "issue", ISSUES, held.folder, report))
    yield _entry(bench, ISSUE, KEYS, lambda row: _acts([row], "unlock", UNLOCKS, fresh.folder))
    yield _entry(bench, ISSUE, OURS, lambda row: _command(row, command))


def _verifications(bench: Bench, held: Place) -> Iterator[Entry]:
    """By both verifiers on the same files."""
    command = _ours("certificate", "verify", held.certificate(), "--register", held.register)
    yield _entry(bench, VERIFY, SECOND, lambda row: _acts([row], "page", CHECKS, held.folder))
    yield _entry(bench, VERIFY, OURS, lambda row: _acts([row], "verify", CHECKS, held.folder))
    yield _entry(bench, VERIFY_COMMAND, SECOND, lambda row: _acts([row], "page-command", 3, held.folder))
    yield _entry(bench, VERIFY_COMMAND, OURS, lambda row: _command(row, command))


def _replays(bench: Bench, folder: Path) -> Iterator[Entry]:
    bundle = folder / "city.tar.gz"
    first = _ours("validate", CITY, "--jobs", 1, "--format", "json", "--out", folder / "out")

    def bundled(row: Row) -> None:
        bundle.unlink(missing_ok=True)
        _command(row, [*first, "--bundle", bundle, "--with-data"])

    yield _entry(bench, CITY_AGAIN, FIRST, lambda row: _command(row, first))
    yield _entry(bench, CITY_AGAIN, FIRST_BUNDLED, bundled)
    yield _entry(bench, CITY_AGAIN, OURS, lambda row: _command(row, _ours("replay", bundle, "--jobs", 1)))


def _live_replays(bench: Bench, folder: Path) -> Iterator[Entry]:
    """The reference server is asked as fast as it answers; the replay asks nobody."""
    bundle = folder / "live"

    def asked(row: Row) -> None:
        shutil.rmtree(bundle, ignore_errors=True)
        with running() as there:
            _command(row, _ours(
                "test", there.base_url, "--auth", there.auth_file, "--allow-writes", "--rate", 0, "--seed", 9,
                "--standard", "VSC-API", "--class", "advanced", "--out", folder / "out", "--bundle", bundle,
            ), VERDICTS)  # fmt: skip

    yield _entry(bench, LIVE_AGAIN, FIRST_LIVE, asked)
    yield _entry(bench, LIVE_AGAIN, OURS, lambda row: _command(row, _ours("replay", bundle, "--jobs", 1)))


def _long_report(bench: Bench, folder: Path) -> None:
    """Rows count pages as their records; memory is watched in runs of their own."""
    report, page, made = folder / "long.json", folder / "long.html", folder / "long.pdf"
    write_long_report(report)
    run([list(map(str, _ours("report", "render", report, "--format", "html", "--out", page)))], cwd=ROOT)
    commands: dict[str, list[object]] = {OURS: _ours("report", "render", report, "--format", "pdf", "--out", made)}
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        bench.table.unmeasured.append(f"{LONG}: no peer, as chromium is not installed")
    else:
        printing: list[object] = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                    f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={made}", page.as_uri()]  # fmt: skip
        commands = {BROWSER: printing, **commands}

    def setting(words: Sequence[object]) -> Callable[[Row], None]:
        def measure(row: Row) -> None:
            made.unlink(missing_ok=True)
            _command(row, words)
            row.records = len(PdfReader(made).pages)

        return measure

    bench.alternate([_entry(bench, LONG, name, setting(words)) for name, words in commands.items()])
    for name, words in commands.items():
        watched = run([list(map(str, words))], cwd=ROOT, sample=MEMORY_EVERY_S)
        bench.table.row(GROUP, LONG, name, 1).tree_mib = watched.tree_mib
    if bench.table.row(GROUP, LONG, OURS, 1).records < LEAST_PAGES:
        raise FailedError(f"the long report has fewer than {LEAST_PAGES} pages")
