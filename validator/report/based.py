"""A report whose files are named from the root of a repository, for pages that link to them there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from validator.report.exchanges import exchanges_of

Report = Mapping[str, Any]


def based(report: Report, folder: str | None) -> Report:
    """The report for showing, `folder` before the file of each finding; findings about calls have no file."""
    base = PurePosixPath(folder or ".").as_posix().removeprefix("./").strip("/")
    if base in ("", "."):
        return report

    def moved(finding: Mapping[str, Any]) -> Mapping[str, Any]:
        place = finding["location"]
        if not place["file"] or exchanges_of(finding):
            return finding
        return {**finding, "location": {**place, "file": f"{base}/{place['file']}"}}

    results = [{**r, "findings": [moved(finding) for finding in r["findings"]]} for r in report["results"]]
    return {**report, "results": results}
