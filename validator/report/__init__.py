"""The report and its projections: report.json is the source, every other format is rendered from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

Render = Callable[[Mapping[str, Any], str], str | bytes]


@dataclass(frozen=True, slots=True)
class Renderer:
    """One format: the module whose `render(report, lang)` writes it, as bytes when it is `binary`, and its file."""

    module: str
    file: str
    binary: bool = False

    def load(self) -> Render:
        """The render function; only now is its module imported."""
        return cast(Render, import_module(self.module).render)

    def text(self, report: Mapping[str, Any], lang: str) -> str:
        """The report in this format, which is not a binary one."""
        return cast(str, self.load()(report, lang))


RENDERERS: Mapping[str, Renderer] = {
    "json": Renderer("validator.report.digest", "report.json"),
    "html": Renderer("validator.report.html", "report.html"),
    "text": Renderer("validator.report.text", "report.txt"),
    "junit": Renderer("validator.report.junit", "junit.xml"),
    "sarif": Renderer("validator.report.sarif", "report.sarif"),
    "pdf": Renderer("validator.report.pdf", "report.pdf", binary=True),
}
