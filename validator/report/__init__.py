"""The report and its projections: report.json is the source, every other format is rendered from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

Render = Callable[[Mapping[str, Any], str], str | bytes]


@dataclass(frozen=True, slots=True)
class Renderer:
    """One format: the module whose `render(report, lang)` writes it, as bytes when it is `binary`, and its file.

    `mark` is text that only a file of ours holds, so that one of an earlier run can be told from
    another tool's file of the same name; the id of a report where the format has a place for it.
    """

    module: str
    file: str
    mark: str = "urn:sha256:"
    binary: bool = False

    def load(self) -> Render:
        """The render function; only now is its module imported."""
        return cast(Render, import_module(self.module).render)


RENDERERS: Mapping[str, Renderer] = {
    "json": Renderer("validator.report.digest", "report.json"),
    "html": Renderer("validator.report.html", "report.html"),
    "text": Renderer("validator.report.text", "report.txt"),
    "junit": Renderer("validator.report.junit", "junit.xml"),
    "sarif": Renderer("validator.report.sarif", "report.sarif"),
    "markdown": Renderer("validator.report.markdown", "report.md"),
    "earl": Renderer("validator.report.earl", "report.earl.jsonld", mark="urn:lienthong:"),
    "gitb": Renderer("validator.report.gitb", "report.gitb.xml"),
    "ctrf": Renderer("validator.report.ctrf", "report.ctrf.json"),
    "intoto": Renderer("validator.report.intoto", "report.intoto.json"),
    "codequality": Renderer("validator.report.codequality", "gl-code-quality-report.json", mark="lienthong/"),
    "badge": Renderer("validator.report.badge", "badge.json", mark="Liên thông"),
    "badge-svg": Renderer("validator.report.badge_svg", "badge.svg"),
    "pdf": Renderer("validator.report.pdf", "report.pdf", binary=True),
}
