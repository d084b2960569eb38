"""A rich made-up report for the renderers: every outcome, cause, level and class, a waiver, time series."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from tests.unit.sample_results import (
    WAIVER,
    Json,
    ceased_code,
    passed,
    personal_data,
    running_total,
    series,
    text,
    undecided,
)
from validator.report.digest import sealed

OUTCOMES = ("passed", "failed", "cantTell", "inapplicable", "untested")


def _standards() -> list[Json]:
    titles = {
        "VSC-BUD": ("Thu – chi ngân sách hằng ngày", "Daily budget revenue and expenditure", True),
        "VSC-CORE": ("Quy tắc dữ liệu lõi và phong bì dữ liệu", "Core data rules and record envelope", False),
        "VSC-CODE": ("Mã định danh đơn vị hành chính và cơ quan", "Identity codes", False),
    }
    return [
        {
            "id": name,
            "version": "1.0",
            "sha256": f"{number:x}" * 64,
            "title": text(vi, en),
            "claimed": claimed,
            "class": "advanced",
            "legal_basis_checked_on": "2026-11-23",
        }
        for number, (name, (vi, en, claimed)) in enumerate(titles.items(), 10)
    ]


def _verdicts(results: list[Json], standards: list[Json]) -> list[Json]:
    rows = []
    for standard in standards:
        for reach, name in enumerate(("basic", "standard", "advanced"), 1):
            within = ("basic", "standard", "advanced")[:reach]
            own = [r for r in results if r["standard"] == standard["id"] and r["class"] in within]
            rows.append(
                {
                    "standard": standard["id"],
                    "version": standard["version"],
                    "class": name,
                    "claimed": standard["claimed"],
                    "verdict": _verdict(own),
                    "counts": _counts(own),
                }
            )
    return rows


def _counts(results: list[Json]) -> Json:
    return {outcome: sum(r["outcome"] == outcome for r in results) for outcome in OUTCOMES}


def _verdict(results: list[Json]) -> str:
    musts = {r["outcome"] for r in results if r["level"] == "MUST"}
    if "failed" in musts:
        return "nonconformant"
    return "inconclusive" if musts & {"cantTell", "untested"} or not musts else "conformant"


def _parameters() -> list[Json]:
    source = text("Yêu cầu của bài báo nguồn; tham số của dự án", "Demand of the source article; a project parameter")
    rows = [("deadline", "PT8H", ""), ("otr_min", 0.95, "1"), ("window_days", 30, "d")]
    return [
        {"standard": "VSC-BUD", "name": name, "value": value, "unit": unit, "basis": "P", "source": source}
        for name, value, unit in rows
    ]


def _submission() -> Json:
    files = [
        ("manifest.json", None, "json", 2_114, None),
        ("data/line.jsonl", "VSC-BUD/line", "jsonl", 48_211_907, 182_400),
        ("data/snapshot.json", "VSC-BUD/snapshot", "json", 61_220, 60),
        ("data/báo cáo tháng 10.csv", "VSC-BUD/line", "csv", 20_114, 310),
    ]
    return {
        "name": "Thu chi ngân sách phường Hải Châu, tháng 10–11/2026",
        "vendor": {
            "name": "Công ty Giải pháp Đô thị Mẫu",
            "org_code": "0101234567",
            "address": "1 Trần Phú, Hải Châu",
            "contact": "hotro@example.vn",
        },
        "product": {"name": "IOC Mẫu", "version": "2.4.1"},
        "localities": [{"province_code": "48", "commune_codes": ["20194", "20195"]}],
        "files": [
            {
                "file": name,
                "dataset": dataset,
                "format": kind,
                "bytes": size,
                "sha256": "4f" * 32,
                "records": records,
            }
            for name, dataset, kind, size, records in files
        ],
        "sha256": "9c" * 32,
    }


def sample_report(change: Callable[[Json], None] | None = None) -> Json:
    """The whole sample, changed by `change` when given, then sealed."""
    results = [*passed(), running_total(), ceased_code(), personal_data(), *undecided()]
    standards = _standards()
    report = {
        "schema": "lienthong-report/1.0",
        "tool": {"name": "Liên thông", "version": "0.1.0"},
        "as_of": "2026-11-23T09:30:00+07:00",
        "profile": None,
        "submission": _submission(),
        "standards": standards,
        "codelists": [{"id": "vn-commune", "edition": "2025-07-01", "sha256": "7b" * 32}],
        "parameters": _parameters(),
        "results": results,
        "timeliness": [
            series("48", {5, 11, 12}, {20}),
            series("20194", {3}, set()),
            series("*", {1, 2, 9, 15}, {16, 17}, "VSC-ENV/observation", 24),
        ],
        "verdicts": _verdicts(results, standards),
        "summary": {
            "verdict": _verdict(results),
            "counts": _counts(results),
            "findings_count": sum(r["findings_count"] for r in results),
        },
        "waivers": [{**WAIVER, "requirement": "VSC-CODE-R01", "state": "applied"}],
        "not_tested": not_tested(),
        "disclaimers": disclaimers(),
    }
    report = deepcopy(report)
    if change:
        change(report)
    return sealed(report)


def not_tested() -> list[Json]:
    """A file that nothing asked for, and a requirement that only a live API can show."""
    return [
        {
            "requirement": None,
            "reason": text(
                "Tệp data/phu-luc.csv không thuộc hồ sơ nào được khai.",
                "No claimed profile asks for data/phu-luc.csv.",
            ),
        },
        {
            "requirement": "VSC-BUD-R13",
            "reason": text("Bộ kiểm thử API trực tiếp chưa chạy.", "The live API suite was not run."),
        },
    ]


def disclaimers() -> list[Json]:
    """Two of the sentences that every report carries."""
    return [
        text(
            "Bộ hồ sơ kỹ thuật do dự án đề xuất; không phải tiêu chuẩn/quy chuẩn do cơ quan nhà nước ban hành.",
            "The technical profiles are proposed by the project; no state body issued them.",
        ),
        text("Kết quả chỉ có giá trị với mẫu đã thử.", "The results hold only for the sample tested."),
    ]


def clean_report() -> Json:
    """A report in which every result passed."""

    def change(report: Json) -> None:
        report["results"] = [r for r in report["results"] if r["outcome"] == "passed"]
        report["waivers"] = report["not_tested"] = []
        report["verdicts"] = _verdicts(report["results"], report["standards"])
        report["summary"] = {
            "verdict": "conformant",
            "counts": _counts(report["results"]),
            "findings_count": 0,
        }

    return sample_report(change)
