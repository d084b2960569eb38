"""The badge as an SVG of our own: no other service is asked, no script, no link, no outside image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.etree import ElementTree as ET

from validator.report.badge import COLOURS, State, label, state_of
from validator.report.visible import cells, visible
from validator.report.wording import say

SVG: Final = "http://www.w3.org/2000/svg"
HEIGHT: Final = 20
CELL: Final = 7
PADDING: Final = 8


def render(report: Mapping[str, Any], lang: str = "vi") -> str:
    """The badge of a report that nobody has signed, with the report's id in its description."""
    return draw(label(report), state_of(report), lang, str(report["report_id"]))


def draw(name: str, state: State, lang: str, source: str) -> str:
    """The badge: name on grey, the state in word and colour; `source` says what it was made from."""
    word = say(lang, f"badge.{state.value}")
    left, right = _width(name), _width(word)
    size = {"width": str(left + right), "height": str(HEIGHT), "viewBox": f"0 0 {left + right} {HEIGHT}"}
    root = ET.Element("svg", {"xmlns": SVG, **size, "role": "img", "aria-label": visible(f"{name}: {word}")})
    ET.SubElement(root, "title").text = visible(f"{name}: {word}")
    ET.SubElement(root, "desc").text = visible(source)
    for x, width, colour in ((0, left, "#3d4450"), (left, right, COLOURS[state])):
        ET.SubElement(root, "rect", x=str(x), width=str(width), height=str(HEIGHT), fill=colour)
    for x, width, text in ((0, left, name), (left, right, word)):
        place = {"x": str(x + width / 2), "y": "14", "textLength": str(width - 2 * PADDING)}
        style = {"fill": "#fff", "text-anchor": "middle", "font-family": "Verdana,sans-serif", "font-size": "11"}
        ET.SubElement(root, "text", {**place, **style}).text = visible(text)
    return ET.tostring(root, encoding="unicode") + "\n"


def _width(text: str) -> int:
    return max(cells(visible(text)), 1) * CELL + 2 * PADDING
