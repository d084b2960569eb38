"""What a standard's XML declarations must hold to: names that are complete, assertions that keep to one record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from validator import xml_document
from validator.model.standard import Check, Dataset, Standard
from validator.xml_pieces import list_names

_MEMBERS: Final = frozenset({"namespace", "root", "record"})
_PATHS: Final = ("context", "test", "select", "value", "path", "subject")
#: XPath that can look from a record to its neighbours, its place among them, or the whole document.
_LEAVES = re.compile(
    r"//|\.\.|(?:ancestor|ancestor-or-self|parent|preceding|preceding-sibling|following|following-sibling)\s*::"
    r"|\b(?:key|id|document|last|position|current)\s*\(|(?:^|[\s(,|=<>+*\[-])/"
)


def annotation_problems(dataset: Dataset) -> Iterator[str]:
    """What is wrong with the dataset's `x-xml`."""
    declared = dataset.schema.get("x-xml")
    if declared is None:
        if "xml" in dataset.formats:
            yield "its schema has no x-xml, so no document of it can be known"
        return
    if not isinstance(declared, dict) or not declared.get("root") or set(declared) - _MEMBERS:
        yield "its x-xml needs root, and may have namespace and record"


def check_problems(standard: Standard, check: Check, datasets: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with a check of kind xml that is asked record by record."""
    per = check.settings.get("per")
    if per is None:
        return
    if per != "record" or check.settings.get("ask") != "schematron":
        yield "only a Schematron is asked per: record"
        return
    mine = [d for name, d in standard.datasets.items() if name in datasets]
    records = {names.local for dataset in mine if (names := list_names(dataset.schema))}
    if not records:
        yield "per: record, but no dataset of it is a list of records"
    yield from _leaving(standard.folder / check.settings["file"], records)


def _leaving(path: Path, records: set[str]) -> Iterator[str]:
    """Assertions that look beyond a record: asked one by one, they would pass unexamined."""
    counted = [re.compile(re.escape(name) + r"\s*\[\s*[0-9]") for name in sorted(records)]
    for element in etree.parse(path, xml_document.parser()).getroot().iter(etree.Element):
        for name in _PATHS:
            said = element.get(name) or ""
            if _LEAVES.search(said) or any(pattern.search(said) for pattern in counted):
                yield f"{path.name} looks beyond one record on line {xml_document.line_of(element)}: {said}"
