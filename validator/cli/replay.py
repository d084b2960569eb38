"""`lienthong replay`: an evidence bundle, examined again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from validator.cli.clicks import Command, command, lang_option, option
from validator.cli.words import say

if TYPE_CHECKING:
    from validator.replay.compare import Difference
    from validator.replay.replay import Replayed

EXIT_DIFFERS: Final = 5
MOST_SHOWN: Final = 50


def replay(lang: str) -> Command:
    """The command `replay`."""

    def run(bundle: str, submission: str | None, at_the_tool_lock: bool, format_: str, jobs: int) -> int:
        from validator.cli.progress import Progress
        from validator.replay.replay import replay as again

        with Progress(lang) as progress:
            made = again(
                Path(bundle), Path(submission) if submission else None,
                strict_lock=at_the_tool_lock, jobs=jobs, progress=progress,
            )  # fmt: skip
        shown = json.dumps(asdict(made), ensure_ascii=False, indent=2) if format_ == "json" else _text(lang, made)
        click.echo(shown)
        return EXIT_DIFFERS if made.differences else 0

    return command(
        lang, "replay", run,
        click.Argument(["bundle"], metavar=say(lang, "metavar.bundle")),
        option(lang, "--submission", metavar=say(lang, "metavar.submission"), help_key="option.replay_submission"),
        option(lang, "--at-the-tool-lock", is_flag=True, help_key="option.tool_lock"),
        option(lang, "--format", "format_", type=click.Choice(["text", "json"]), default="text",
               help_key="option.list_format"),
        option(lang, "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help_key="option.jobs"),
        lang_option(lang),
    )  # fmt: skip


def _text(lang: str, made: Replayed) -> str:
    return "\n".join(_lines(lang, made))


def _lines(lang: str, made: Replayed) -> Iterator[str]:
    yield say(lang, "replay.whole")
    yield say(lang, f"replay.kind_{made.kind}", count=made.requirements)
    if made.taken:
        yield say(lang, "replay.taken", count=made.taken)
    for name, then, now in made.lock:
        yield say(lang, "replay.lock", name=name, then=then, now=now)
    for one in made.differences[:MOST_SHOWN]:
        place = " ".join(filter(None, (one.requirement, one.test)))
        yield say(lang, "replay.difference", place=place, what=_what(lang, one), then=one.then, now=one.now)
    if len(made.differences) > MOST_SHOWN:
        yield say(lang, "replay.more", count=len(made.differences) - MOST_SHOWN)
    if not made.differences:
        yield say(lang, "replay.same", digest=made.now)
        return
    if made.lock:
        yield say(lang, "replay.perhaps_lock")
    yield say(lang, "replay.differs", then=made.then, now=made.now)


def _what(lang: str, one: Difference) -> str:
    known = ("outcome", "cause", "examined", "findings_count", "findings", "requests", "journal", "unasked", "digest")
    return say(lang, f"replay.what_{one.what}") if one.what in known else one.what
