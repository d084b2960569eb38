"""Texts that users see, from catalogues keyed by id, in Vietnamese and English.

`findings.<lang>.toml` holds what checks say, `cli` the command line, `errors` our own faults and
the user's, `report` the words of report templates.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from validator.model.text import Text

HERE = Path(__file__).resolve().parent


@cache
def catalogue(name: str, lang: str) -> Mapping[str, str]:
    """The flat catalogue `<name>.<lang>.toml`: message id to text."""
    with (HERE / f"{name}.{lang}.toml").open("rb") as stream:
        return {key: str(value) for key, value in tomllib.load(stream).items()}


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def fill(template: str, params: Mapping[str, Any]) -> str:
    """The template with `{name}` replaced; an unknown name stays visible, values are not templates."""
    return template.format_map(_Lenient({key: _shown(value) for key, value in params.items()}))


def _shown(value: Any) -> str:
    return "∅" if value is None else str(value)


def message(name: str, message_id: str, params: Mapping[str, Any]) -> Text:
    """Both languages of one message of a catalogue. Raises KeyError for an unknown id."""
    return Text(fill(catalogue(name, "vi")[message_id], params), fill(catalogue(name, "en")[message_id], params))
