"""The command that repeats a recorded call, with names of variables where secrets were."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from validator.api.redact import MARKER

_OWN = frozenset({"host", "content-length", "connection"})
FILE = "body.bin"


def curl(entry: Mapping[str, Any]) -> str:
    """A line for the shell from a redacted exchange; nothing in it is run by the shell or read as a file but
    `body.bin`, which stands for a body that the record does not hold as whole text."""
    request = entry["request"]
    names = _Names(entry.get("credential"))
    words = ["curl --include --globoff --path-as-is --max-time 60"]
    words.append("--head" if request["method"] == "HEAD" else f"--request {shlex.quote(request['method'])}")
    for name, value in request["headers"]:
        if name.lower() not in _OWN:
            words.append("--header " + names.quoted(f"{name}: {value}" if value else f"{name};"))
    words += _body(request["body"], names)
    words.append("--url " + names.quoted(request["url"]))
    return " ".join(words)


class _Names:
    """`$LIENTHONG_TOKEN` for the first secret of a call, `$LIENTHONG_SECRET_2` and so on for others."""

    def __init__(self, role: str | None) -> None:
        self._first = "LIENTHONG_TOKEN" if role in (None, "main") else f"LIENTHONG_TOKEN_{str(role).upper()}"
        self._known: dict[str, str] = {}

    def quoted(self, text: str) -> str:
        """The text as one word of the shell, markers as variables in double quotes."""
        parts, at = [], 0
        for match in MARKER.finditer(text):
            if match.start() > at:
                parts.append(shlex.quote(text[at : match.start()]))
            parts.append(f'"${self._name(match.group())}"')
            at = match.end()
        if at < len(text) or not parts:
            parts.append(shlex.quote(text[at:]))
        return "".join(parts)

    def _name(self, marker: str) -> str:
        return self._known.setdefault(
            marker, self._first if not self._known else f"LIENTHONG_SECRET_{len(self._known) + 1}"
        )


def _body(body: Mapping[str, Any], names: _Names) -> list[str]:
    if not body["size"]:
        return []
    text = body.get("text")
    if text is None or "cut_at" in body or any(letter < " " and letter not in "\n\t" for letter in text):
        return [f"--data-binary @{FILE}"]
    # Not --data: a body that begins with @ would be read from a file.
    return ["--data-raw " + names.quoted(text)]
