"""The language of a call and the texts of the command line in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from validator.errors import LienthongError
from validator.messages import catalogue, fill
from validator.model.text import LANGUAGES

ENVIRONMENT = ("LIENTHONG_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """`--lang` if given, else what the environment says, else English."""
    for i, word in enumerate(arguments):
        chosen = word.removeprefix("--lang=") if word.startswith("--lang=") else None
        if word == "--lang" and i + 1 < len(arguments):
            chosen = arguments[i + 1]
        if chosen in LANGUAGES:
            return chosen
    for name in ENVIRONMENT:
        if environment.get(name):
            return "vi" if environment[name].lower().startswith("vi") else "en"
    return "en"


def say(lang: str, key: str, **params: Any) -> str:
    """A text of the command line's own catalogue."""
    return fill(catalogue("cli", lang)[key], params)


def explain(lang: str, fault: LienthongError) -> str:
    """One line with advice for an error of the user's or ours."""
    texts = {**catalogue("report", lang), **catalogue("errors", lang)}
    params = dict(fault.params)
    reason = params.get("reason")
    if isinstance(reason, str) and reason in catalogue("findings", lang):
        params["reason"] = fill(catalogue("findings", lang)[reason], params)
    return fill(texts.get(fault.message_id, str(fault)), params)
