"""What tests of projections share: the reports to render, and the schemas to hold them against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

from tests.unit.sample_live import sample_live
from tests.unit.sample_report import clean_report, sample_report

SCHEMAS = Path(__file__).parents[1] / "schemas"
REPORTS = {"files": sample_report(), "clean": clean_report(), "live": sample_live()}
CASES = [(name, lang) for name in REPORTS for lang in ("vi", "en")]


def faults(schema: str, document: Any) -> list[str]:
    """What the schema of this name says against the document."""
    rules = json.loads((SCHEMAS / schema).read_text("utf-8"))
    kind = jsonschema.validators.validator_for(rules)
    return [
        f"{list(e.absolute_path)}: {e.message}"
        for e in kind(rules, format_checker=kind.FORMAT_CHECKER).iter_errors(document)
    ]


def undecided(report: dict[str, Any]) -> None:
    """Makes a report inconclusive: nothing fails, one mandatory requirement has no decision."""
    report["results"] = [r for r in report["results"] if r["outcome"] in ("passed", "cantTell")]
    report["summary"]["verdict"] = "inconclusive"


def only_should_fails(report: dict[str, Any]) -> None:
    """Makes a report conformant with a recommendation not met."""
    report["results"] = [r for r in report["results"] if r["outcome"] == "passed" or r["requirement"] == "VSC-CORE-R09"]
    report["summary"]["verdict"] = "conformant"
