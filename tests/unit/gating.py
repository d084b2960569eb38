"""Files and reports of the gate's tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.unit.sample_report import sample_report

TODAY = "2026-11-23T09:30:00+07:00"


def gated(change=None) -> dict[str, Any]:
    """A report that only fails: two mandatory requirements, one recommended; every finding is shown."""

    def only_failures(report: dict[str, Any]) -> None:
        report["results"] = [r for r in report["results"] if r["outcome"] in ("passed", "failed")]
        for result in report["results"]:
            result.update(findings_count=len(result["findings"]), truncated=False, waiver=None)
        report["waivers"] = []
        for verdict in report["verdicts"]:
            verdict["verdict"] = "conformant" if verdict["standard"] == "VSC-CORE" else "nonconformant"
        if change:
            change(report)

    return sample_report(only_failures)


def result_of(report: dict[str, Any], requirement: str) -> dict[str, Any]:
    return next(r for r in report["results"] if r["requirement"] == requirement)


def waiver(requirement: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"W-{requirement}",
        "requirement": requirement,
        "reason": {"vi": "Đang chuyển đổi", "en": "Being migrated"},
        "scope": {"description": "The whole requirement"},
        "approved_by": "Sở Khoa học và Công nghệ",
        "expires": "2026-12-31",
        **more,
    }


def written(folder: Path, name: str, document: Any) -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def waivers(folder: Path, *listed: dict[str, Any]) -> Path:
    return written(folder, "waivers.json", {"schema": "lienthong-waivers/1.0", "waivers": list(listed)})
