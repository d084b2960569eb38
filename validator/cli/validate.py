"""`lienthong validate`, `demo` and `seal`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.gating import Gating, gate_options
from validator.cli.words import say
from validator.errors import UsageError
from validator.model.progress import Phase, no_progress
from validator.model.progress import Progress as Told
from validator.model.standard import ConformanceClass
from validator.report import RENDERERS

if TYPE_CHECKING:
    from validator.bundle.draft import Draft
    from validator.cli.outbox import Outbox
    from validator.run import Options

EXIT_CODES = {"conformant": 0, "nonconformant": 1, "inconclusive": 3}
CLASSES = [c.value for c in ConformanceClass]
SMALL_BYTES = 8 * 1024 * 1024
FORMATS = tuple(RENDERERS)
DEFAULT_FILES = ("json", "html", "text")


def validate(lang: str) -> Command:
    """The command `validate`."""

    def run(submission: str, **given: Any) -> int:
        return _run(lang, submission, given)

    return command(
        lang,
        "validate",
        run,
        click.Argument(["submission"], metavar=say(lang, "metavar.submission")),
        option(lang, "--standard", help_key="option.standard", metavar="VSC-…"),
        option(lang, "--class", "class_", type=click.Choice(CLASSES), help_key="option.class"),
        option(lang, "--dataset", metavar="VSC-…/…", help_key="option.dataset"),
        option(lang, "--as-of", metavar="RFC3339", help_key="option.as_of"),
        option(lang, "--profile", metavar="P", help_key="option.profile"),
        *_output_options(lang),
        *bundle_options(lang),
        option(lang, "--with-data", is_flag=True, help_key="option.with_data"),
        *gate_options(lang),
        option(lang, "--jobs", type=click.IntRange(1, 64), help_key="option.jobs"),
        option(lang, "--max-findings", type=click.IntRange(1, 100_000), default=25, show_default=True,
               help_key="option.max_findings"),
        option(lang, "--exact", is_flag=True, help_key="option.exact"),
        option(lang, "--second-opinion", is_flag=True, help_key="option.second_opinion"),
        option(lang, "--engine", metavar="local|spark[:MASTER]", default="local", show_default=True,
               help_key="option.engine"),
        option(lang, "--scratch", metavar=say(lang, "metavar.folder"), help_key="option.scratch"),
        lang_option(lang),
    )  # fmt: skip


def demo(lang: str) -> Command:
    """The command `demo`: the sample city, embedded defaults, no server."""

    def run(**given: Any) -> int:
        from validator.resources import data_folder

        given["out"] = given["out"] or "lienthong-demo"
        return _run(lang, str(data_folder("fixtures") / "submissions" / "thanh-pho-mau"), given)

    return command(lang, "demo", run, *_output_options(lang), lang_option(lang))


def seal(lang: str) -> Command:
    """The command `seal`: checksums, digests and the delivery log's chain of a submission folder."""

    def run(submission: str) -> int:
        from validator.seal import seal_folder

        seal_folder(Path(submission))
        click.echo(say(lang, "seal.done", path=submission))
        return 0

    folder = click.Argument(["submission"], metavar=say(lang, "metavar.folder"))
    return command(lang, "seal", run, folder, lang_option(lang))


def _output_options(lang: str) -> list[click.Parameter]:
    return [
        option(lang, "--out", metavar=say(lang, "metavar.folder"), help_key="option.out"),
        option(lang, "--format", "format_", metavar=",".join(FORMATS), help_key="option.format"),
    ]


def bundle_options(lang: str) -> list[click.Parameter]:
    """Where an evidence bundle goes; `test` takes the same."""
    return [option(lang, "--bundle", metavar=say(lang, "metavar.bundle"), help_key="option.bundle")]


def draft_of(bundle: str | None) -> AbstractContextManager[Draft | None]:
    """A bundle to be made, if one is wanted."""
    if bundle is None:
        return nullcontext()
    from validator.bundle.draft import Draft

    return Draft(Path(bundle))


def _run(lang: str, submission: str, given: Mapping[str, Any]) -> int:
    formats = chosen_formats(given["format_"], given["out"])
    if given["out"] is None and len(formats) > 1:
        raise UsageError("usage.out_needed", {"formats": ",".join(formats)})
    if given.get("with_data") and not given.get("bundle"):
        raise UsageError("usage.with_data_needs_bundle")
    gating = Gating.of(given)
    from validator.cli.progress import Progress

    with Progress(lang) as progress, outbox_of(given["out"]) as outbox, draft_of(given.get("bundle")) as draft:
        examined = _examined(submission, _options(submission, given, progress), draft, bool(given.get("with_data")))
        report = gating.applied(examined)
        shown = spoken(report, formats[0] if formats and outbox is None else "text", lang, gating)
        written = write_reports(lang, report, formats or DEFAULT_FILES, outbox, gating, progress) if outbox else []
    for path in written:
        click.echo(say(lang, "validate.written", path=path), err=True)
    click.echo(shown)
    return gating.exit_code(lang, report, EXIT_CODES[report["summary"]["verdict"]])


def rendered(report: Mapping[str, Any], format_: str, lang: str, gating: Gating) -> str | bytes:
    """The report in one format, findings marked by the baseline; report.json itself knows none."""
    return RENDERERS[format_].load()(report if format_ == "json" else gating.shown(report), lang)


def spoken(report: Mapping[str, Any], format_: str, lang: str, gating: Gating) -> str:
    """The same for the terminal, in a format that is text."""
    return cast(str, rendered(report, format_, lang, gating)).rstrip("\n")


def _options(submission: str, given: Mapping[str, Any], progress: Told) -> Options:
    from validator.run import Options  # heavy: only when there is work

    return Options(
        as_of=parse_moment(given.get("as_of")),
        standard=given.get("standard"),
        conformance_class=ConformanceClass(given["class_"]) if given.get("class_") else None,
        dataset=given.get("dataset"),
        jobs=given.get("jobs") or _default_jobs(Path(submission)),
        samples=given.get("max_findings") or 25,
        profile=load_profile(given.get("profile")),
        second_opinion=bool(given.get("second_opinion")),
        exact=bool(given.get("exact")),
        engine=given.get("engine") or "local",
        scratch=Path(given["scratch"]) if given.get("scratch") else None,
        progress=progress,
    )


def _examined(submission: str, options: Options, draft: Draft | None, with_data: bool) -> dict[str, Any]:
    """The report, its evidence put into a bundle where one is wanted."""
    from validator.run import validate as examine

    if draft is None:
        return examine(submission, options)
    from validator.bundle.files import FilesBundle

    kept = FilesBundle(draft, with_data=with_data)
    options = replace(options, as_of=options.as_of or datetime.now(UTC), kept=kept.keep)
    report = examine(submission, options)
    kept.send(report, options)
    return report


def outbox_of(out: str | None) -> AbstractContextManager[Outbox | None]:
    from validator.cli.outbox import Outbox

    return nullcontext() if out is None else Outbox(Path(out))


def write_reports(
    lang: str,
    report: Mapping[str, Any],
    formats: tuple[str, ...],
    outbox: Outbox,
    gating: Gating,
    told: Told = no_progress,
) -> list[Path]:
    """The report in every format in its folder, or none at all; where each lies."""
    for done, name in enumerate(formats):
        told(Phase.WRITING, done, len(formats), 0)
        outbox.put(RENDERERS[name].file, rendered(report, name, lang, gating))
    return outbox.send()


def chosen_formats(text: str | None, out: str | None) -> tuple[str, ...]:
    """The formats asked for, each of which can be written to `out`. Raises UsageError."""
    from validator.report import RENDERERS

    chosen = tuple(part.strip() for part in text.split(",")) if text else ()
    for name in chosen:
        if name not in FORMATS:
            raise UsageError("usage.unknown_format", {"format": name, "known": ", ".join(FORMATS)})
        if RENDERERS[name].binary:
            check_binary(out)
    return chosen


def check_binary(out: str | None) -> None:
    """Does nothing when a PDF can be made and has a place to go. Raises UsageError."""
    from validator.report.typeset import check_installed

    check_installed()
    if out is None:
        raise UsageError("usage.pdf_needs_out")


def _default_jobs(submission: Path) -> int:
    """One process for little data, where starting more costs more than it gains."""
    total = 0
    for size in _sizes(submission):
        total += size
        if total >= SMALL_BYTES:
            return min(len(os.sched_getaffinity(0)), 8)
    return 1


def _sizes(submission: Path) -> Iterator[int]:
    """Sizes of the files handed in, as far as they can be seen; what cannot is told later."""
    try:
        if submission.is_file():
            yield submission.stat().st_size
            return
        for path in submission.rglob("*"):
            if path.is_file():
                yield path.stat().st_size
    except (OSError, ValueError):
        return


def parse_moment(text: str | None) -> datetime | None:
    """`--as-of`: RFC 3339 with offset, or a date (its end in Viet Nam). Raises UsageError."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(f"{text}T23:59:59+07:00" if len(text) == 10 else text)
        if moment.tzinfo is not None and 1 < moment.year < 9999:
            return moment
    except ValueError:
        pass
    raise UsageError("usage.bad_moment", {"text": text})


def load_profile(name: str | None) -> Mapping[str, Any] | None:
    """The profile by name or path; its parameters are within the bounds of their standards."""
    if name is None:
        return None
    from validator.catalogue.profiles import read_profile

    return read_profile(name)
