"""What a terminal shows of a run under way, and what a pipe does not."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import termios
from collections.abc import Iterator
from typing import TextIO

import pytest

from validator.cli.progress import Progress, Rate
from validator.model.progress import Phase

COLUMNS = 60
END = "\x1e"


class Terminal:
    """A pseudo-terminal: its stream, and what was written to it."""

    def __init__(self) -> None:
        self.screen, line = pty.openpty()
        fcntl.ioctl(line, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        self.stream: TextIO = os.fdopen(line, "w", encoding="utf-8")

    def text(self) -> str:
        print(END, end="", file=self.stream, flush=True)
        shown = b""
        while not shown.endswith(END.encode()):
            shown += os.read(self.screen, 1 << 16)
        return shown.decode().removesuffix(END)

    def lines(self) -> list[str]:
        """Every state of the line, in order."""
        return self.text().split("\r\x1b[K")[1:]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("TERM", "xterm")
    made = Terminal()
    yield made
    made.stream.close()
    os.close(made.screen)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("lang", "begins", "goes_on"),
    [
        ("en", "Examining records 0%", "Examining records 50% · 1,000 records/s · about 10 s left"),
        ("vi", "Đang xét bản ghi 0 %", "Đang xét bản ghi 50 % · 1.000 bản ghi/giây · còn khoảng 10 giây"),
    ],
)
def test_scanning_shows_share_rate_and_time_left(lang: str, begins: str, goes_on: str, terminal: Terminal) -> None:
    clock = Clock()
    with Progress(lang, terminal.stream, clock) as progress:
        progress(Phase.SCANNING, 0, 200, 0)
        clock.now = 10
        progress(Phase.SCANNING, 100, 200, 10_000)

    assert terminal.lines() == [begins, goes_on[: COLUMNS - 1], ""]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_its_words(phase: Phase, lang: str, terminal: Terminal) -> None:
    with Progress(lang, terminal.stream) as progress:
        progress(phase, 0, 0, 0)
    [shown, cleared] = terminal.lines()

    assert re.match(r"\w", shown)
    assert cleared == ""


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("phase", [Phase.READING, Phase.SCANNING, Phase.RULES, Phase.WRITING])
def test_a_phase_that_can_be_measured_says_how_far_it_is(phase: Phase, lang: str, terminal: Terminal) -> None:
    with Progress(lang, terminal.stream) as progress:
        progress(phase, 3, 7, 0)

    assert re.search(r" (3|42) ?(of 7|/7|%)|3/7", terminal.lines()[0])


def test_the_line_is_rewritten_at_most_ten_times_a_second(terminal: Terminal) -> None:
    clock = Clock()
    with Progress("en", terminal.stream, clock) as progress:
        for step in range(1000):
            clock.now = step / 1000
            progress(Phase.SCANNING, step, 1000, step)

    assert len(terminal.lines()) <= 12


def test_the_line_never_wraps(terminal: Terminal) -> None:
    fcntl.ioctl(terminal.stream.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", 24, 12, 0, 0))
    with Progress("vi", terminal.stream) as progress:
        progress(Phase.SCANNING, 1, 2, 3)

    assert terminal.lines() == ["Đang xét bả", ""]


def test_the_line_is_cleared_when_the_run_fails(terminal: Terminal) -> None:
    with pytest.raises(ValueError), Progress("en", terminal.stream) as progress:  # noqa: PT012
        progress(Phase.RULES, 1, 2, 0)
        raise ValueError

    assert terminal.lines() == ["Checking rules 1 of 2", ""]


def test_no_color_changes_nothing_since_there_is_none(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with Progress("en", terminal.stream) as progress:
        progress(Phase.RULES, 1, 2, 0)

    assert re.findall(r"\x1b\[[^K]*m", terminal.text()) == []


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_a_dumb_terminal_is_shown_nothing(kind: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", kind)
    with Progress("en", terminal.stream) as progress:
        progress(Phase.RULES, 1, 2, 0)

    assert terminal.text() == ""


def test_a_pipe_is_shown_nothing() -> None:
    pipe = io.StringIO()
    with Progress("en", pipe) as progress:
        progress(Phase.RULES, 1, 2, 0)

    assert pipe.getvalue() == ""


def test_letters_that_the_terminal_lacks_do_not_make_the_line_longer(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        os.fdopen(os.dup(terminal.stream.fileno()), "w", encoding="ascii", errors="backslashreplace") as plain,
        Progress("vi", plain) as progress,
    ):
        progress(Phase.WRITING, 1, 2, 0)

    assert terminal.lines()[0] == "?ang ghi b?o c?o 1/2"


def test_a_terminal_that_goes_away_does_not_stop_the_work() -> None:
    class Gone(io.StringIO):
        def isatty(self) -> bool:
            return True

        def write(self, _text: str) -> int:
            raise OSError(5, "Input/output error")

    progress = Progress("en", Gone())
    progress.on = True
    progress(Phase.RULES, 1, 2, 0)

    assert progress.on is False


def test_a_rate_is_smoothed() -> None:
    """The mean while little was seen; later a pause of a second in five costs a fifth."""
    rate = Rate(0)
    rate.update(1, 100)
    rate.update(2, 100)
    assert rate.value == pytest.approx(50)

    rate = Rate(0)
    for second in range(1, 21):
        rate.update(second, 100 * second)
    rate.update(21, 2000)

    assert rate.value == pytest.approx(80)
