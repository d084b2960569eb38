"""Runs schemathesis beside our own suites, as a process of its own that knows no secret by its command line.

What it says is supporting evidence and decides nothing. It reads the document that our own client fetched,
so that it follows no reference of the subject to another place.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from validator.api.schemathesis_events import Tally, read_events
from validator.api.secret import Secret
from validator.api.tls import TlsSettings
from validator.errors import UsageError

NAME: Final = "schemathesis"
HEADER: Final = "LIENTHONG_HEADER"
LONGEST_RUN: Final = 900.0
GRACE: Final = 5.0
WORDS: Final = 2000  # bytes of the tool's last words that are looked at
ELSEWHERE: Final = frozenset({"$ref", "$dynamicRef", "operationRef", "externalValue"})
CONFIG: Final = """\
[auth]
auto-signup = false
"""
READ_ONLY: Final = """\
[phases.coverage]
unexpected-methods = []
[checks.unsupported_method]
enabled = false
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is run: which executable, against what, and how. `header`: name and value of the credential;
    `rate` in requests a second, 0 for no limit; `timeout` of one exchange and `longest` of the run in seconds."""

    executable: Path
    base: str
    document: Mapping[str, Any]
    seed: int
    allow_writes: bool
    rate: float
    timeout: float
    header: tuple[str, Secret] | None
    tls: TlsSettings
    longest: float = LONGEST_RUN


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of it. `code`: exit code, None when it was ended for its time; `last_words`: of its output."""

    command: tuple[str, ...]
    tally: Tally
    seconds: float
    code: int | None
    last_words: str


def find_executable(given: str) -> Path:
    """The executable of a path; without one that of our own environment, or of PATH. Raises UsageError."""
    own = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    found = shutil.which(str(Path(given).absolute())) if given else shutil.which(NAME, path=own)
    if found is None:
        raise UsageError("usage.no_schemathesis", {"path": given or NAME})
    return Path(found)


def leads_elsewhere(document: Mapping[str, Any]) -> str | None:
    """A place in a document that would make a reader fetch, or ask, something else than the system."""
    waiting: list[Any] = [{name: value for name, value in document.items() if name != "servers"}]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, Mapping):
            for name, inner in value.items():
                if name in ELSEWHERE and isinstance(inner, str) and not inner.startswith("#"):
                    return inner
                if name == "servers" and isinstance(inner, list) and inner:
                    return str(name)
            waiting += value.values()
    return None


def command_of(asked: Asked, folder: Path) -> tuple[str, ...]:
    """The command line, files in a folder. It holds no secret: any user of the machine can read it."""
    words = [
        str(asked.executable), "--config-file", str(folder / "schemathesis.toml"), "--no-color",
        "run", str(folder / "openapi.json"), "--url", asked.base, "--checks", "all", "--continue-on-failure",
        "--seed", str(asked.seed), "--generation-database", "none", "--workers", "1", "--max-redirects", "0",
        "--request-timeout", str(asked.timeout), "--output-sanitize", "true", "--output-truncate", "false",
        "--report", "ndjson", "--report-ndjson-path", str(folder / "events.ndjson"),
    ]  # fmt: skip
    if asked.rate:
        words += ["--rate-limit", f"{max(1, int(asked.rate))}/s" if asked.rate >= 1 else f"{_per_minute(asked)}/m"]
    if not asked.allow_writes:
        words += ["--include-method", "GET"]
    if urlsplit(asked.base).scheme == "https":
        words += ["--tls-verify", _trusted(asked.tls)]
    if asked.tls.client is not None:
        words += ["--request-cert", str(asked.tls.client.certificate), "--request-cert-key", str(asked.tls.client.key)]
    return tuple(words)


def run(asked: Asked) -> Ran:
    """Runs it to its end, or ends it; never raises for what it does. Its own files are gone afterwards.

    Raises OSError (no room for its files), RecursionError (a document nested too deeply to be written).
    """
    with tempfile.TemporaryDirectory(prefix="lienthong-schemathesis-") as name:
        folder = Path(name)
        server = {"servers": [{"url": asked.base}]}
        (folder / "openapi.json").write_text(json.dumps({**asked.document, **server}), encoding="ascii")
        (folder / "schemathesis.toml").write_text(_config(asked), encoding="utf-8")
        command = command_of(asked, folder)
        started = time.monotonic()
        code = _finished(command, _environment(asked, folder), folder, asked.longest)
        seconds = time.monotonic() - started
        shown = tuple(word.replace(f"{folder}{os.sep}", "") for word in command)
        return Ran(shown, read_events(folder / "events.ndjson"), seconds, code, _last_words(folder / "output"))


def shown_command(ran: Ran) -> str:
    """The command as one line for a shell, its own files by their bare names."""
    return shlex.join([NAME, *ran.command[1:]])


def _config(asked: Asked) -> str:
    """Its configuration: the credential by the name of a variable only. Methods that the document does not have
    are tried by default, PUT and DELETE among them; a run that may not write must not."""
    headers = f'[headers]\n"{asked.header[0]}" = "${{{HEADER}}}"\n' if asked.header else ""
    return headers + CONFIG + ("" if asked.allow_writes else READ_ONLY)


def _environment(asked: Asked, folder: Path) -> dict[str, str]:
    """Nothing of ours but what a process needs: no proxy, no .netrc, no secret of another kind."""
    given = {
        "PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8", "NO_PROXY": "*",
        "PYTHONUTF8": "1",
    }  # fmt: skip
    return {**given, HEADER: asked.header[1].reveal()} if asked.header else given


def _finished(command: tuple[str, ...], environment: Mapping[str, str], folder: Path, longest: float) -> int | None:
    """The exit code; None when the process was ended for its time."""
    with (folder / "output").open("wb") as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - the user named the executable; no shell
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        except OSError as fault:
            output.write(str(fault.strerror).encode())
            return os.EX_OSERR
    try:
        return process.wait(longest)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and all that it started."""
    for word in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, word)
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)


def _last_words(path: Path) -> str:
    """The end of its output; of a long one without the word that was cut, which may be half a secret."""
    with path.open("rb") as stream:
        before = max(0, path.stat().st_size - WORDS)
        stream.seek(before)
        words = stream.read().decode("utf-8", "replace").split()
    return " ".join(words[1:] if before else words)


def _trusted(tls: TlsSettings) -> str:
    return "false" if not tls.verify else str(tls.ca.absolute()) if tls.ca else "true"


def _per_minute(asked: Asked) -> int:
    return max(1, int(asked.rate * 60))
