"""`lienthong preflight`: is the submission ready to be examined? Never mixed with conformance results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from validator.cli.clicks import Command, command, lang_option
from validator.cli.live import connection_options, hindrance, step_lines, steps_of
from validator.cli.words import explain, say
from validator.errors import LienthongError, UsageError
from validator.model.scope import Scope
from validator.model.submission import Observation


def preflight(lang: str) -> Command:
    """The command `preflight`; exit 0 when ready, 2 when something must be mended first."""

    def run(submission: str, **given: Any) -> int:
        from validator.run import scratch_folder

        ready = True
        with scratch_folder() as scratch:
            if "://" in submission:
                return _system(lang, submission, given, scratch)
            for good, line in _lines(lang, Path(submission), scratch):
                ready = ready and good
                click.echo(f"{say(lang, 'preflight.ok' if good else 'preflight.problem')} {line}")
        click.echo(say(lang, "preflight.ready" if ready else "preflight.not_ready"))
        return 0 if ready else 2

    given = click.Argument(["submission"], metavar=f"{say(lang, 'metavar.submission')}|URL")
    return command(lang, "preflight", run, given, *connection_options(lang), lang_option(lang))


def _system(lang: str, url: str, given: Mapping[str, Any], scratch: Path) -> int:
    """The steps towards a running system; 0 ready, 2 something to mend in the call, 3 in the system."""
    steps = steps_of(url, given, scratch)
    for line in step_lines(lang, steps):
        click.echo(line)
    code = hindrance(steps)
    click.echo(say(lang, "preflight.system_ready" if code is None else "preflight.not_ready"))
    return code or 0


def _lines(lang: str, given: Path, scratch: Path) -> Iterator[tuple[bool, str]]:
    from validator.run import Options, check_datasets, open_submission
    from validator.scoping import scope_of

    try:
        submission = open_submission(given, Options(), scratch)
        yield True, say(lang, "preflight.manifest", name=submission.name)
        check_datasets(submission)
        scope = scope_of(submission)
    except LienthongError as fault:
        yield False, explain(lang, fault)
        return
    for standard in scope.standards:
        yield True, say(lang, "preflight.standard", name=standard.coordinate, class_=scope.classes[standard.id].value)
    if not scope.standards:
        yield False, explain(lang, UsageError("usage.nothing_claimed"))
    for missing in submission.missing:
        yield False, say(lang, "preflight.missing_file", name=missing.name)
    handed_in = {f.dataset for f in submission.files}
    for dataset in scope.datasets().values():
        if not dataset.optional and dataset.id not in handed_in:
            yield False, say(lang, "preflight.missing_dataset", name=dataset.id)
    for seen in submission.files:
        yield from _file_lines(lang, seen, scope)


def _file_lines(lang: str, seen: Observation, scope: Scope) -> Iterator[tuple[bool, str]]:
    dataset = scope.datasets().get(seen.dataset or "")
    if dataset is None:
        yield True, say(lang, "preflight.not_in_scope", name=seen.name, dataset=seen.dataset)
    elif seen.media not in dataset.formats:
        yield False, say(lang, "preflight.format", name=seen.name, format=seen.media)
    elif seen.size == 0:
        yield False, say(lang, "preflight.empty", name=seen.name)
