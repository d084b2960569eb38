"""Documents set by typst: PDF/A-3a and PDF/UA-1 together, the same bytes for the same data.

What is set is data, never markup: it reaches the template as one JSON text, and a template can read
nothing outside its own folder. Characters that the fonts of the typst wheel cannot draw are spelled
out as `⟨U+4E2D⟩`; PDF/A refuses a page with a glyph missing.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from validator.errors import EngineError, UsageError
from validator.report.visible import one_line

ROOT: Final = Path(__file__).resolve().parent / "templates" / "pdf"
STANDARDS: Final = ("a-3a", "ua-1")

_NOT_DRAWN = re.compile(
    "[^ -~\xa0-\u04ff\u1e00-\u1eff\u2010-\u2027\u2030-\u2040\u2044-\u2052\u2070-\u209c\u20a0-\u20bf"
    "\u2100-\u211e\u2190-\u22ff\u2500-\u25ff\u27e6-\u27eb]"
)


def typeset(template: str, data: Mapping[str, Any], moment: datetime, files: Mapping[str, str] | None = None) -> bytes:
    """The PDF of a template with its data; `moment` is the document's date.

    `files` are texts that the template attaches or draws, handed on as they are.

    Raises:
        UsageError: typst is not installed.
        EngineError: typst cannot set the document.
    """
    typst = _typst()
    inputs = {"data": json.dumps(printable(data), ensure_ascii=False), **(files or {})}
    try:
        made: bytes = typst.compile(
            ROOT / template,
            root=ROOT,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=list(STANDARDS),
            timestamp=int(moment.timestamp()),
        )
    except typst.TypstError as fault:
        raise EngineError("engine.typeset", {"reason": one_line(fault.message)[:300]}) from fault
    return made


def check_installed() -> None:
    """Does nothing where documents can be set. Raises UsageError."""
    _typst()


def _typst() -> Any:
    try:
        import typst
    except ImportError as fault:
        raise UsageError("usage.no_pdf", {"package": "typst"}) from fault
    return typst


def printable(value: Any) -> Any:
    """The same structure with every text made fit for the page: one line, every letter drawable."""
    if isinstance(value, str):
        return _NOT_DRAWN.sub(_spelled, one_line(unicodedata.normalize("NFC", value)))
    if isinstance(value, Mapping):
        return {str(name): printable(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [printable(member) for member in value]
    return value


def _spelled(match: re.Match[str]) -> str:
    return f"⟨U+{ord(match.group()):04X}⟩"
