"""Made-up results, findings and time series of the sample report."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]


def text(vi: str, en: str) -> Json:
    return {"vi": vi, "en": en}


def finding(message: Json, file: str | None = "data/line.jsonl", **more: Any) -> Json:
    place = {name: more.pop(name, None) for name in ("line", "column", "record", "pointer")}
    return {
        "location": {"file": file, **place},
        "message_id": more.pop("message_id", "VSC-BUD-R05.default"),
        "message": message,
        "params": {"area_code": "20194"},
        "expected": more.pop("expected", None),
        "found": more.pop("found", None),
        "evidence": {"redacted": more.pop("redacted", False)},
    }


def result(requirement: str, title: Json, outcome: str = "passed", **more: Any) -> Json:
    findings = more.get("findings", [])
    count = more.pop("findings_count", len(findings))
    return {
        "requirement": requirement,
        "standard": requirement.rsplit("-", 1)[0],
        "clause": f"5.{int(requirement[-2:])}",
        "title": title,
        "statement": text(f"{title['vi']} (câu phát biểu đầy đủ của yêu cầu).", f"{title['en']} (the full demand)."),
        "level": "MUST",
        "class": "basic",
        "outcome": outcome,
        "cause": None,
        "reason": None,
        "basis": "P",
        "sources": [],
        "fix": None,
        "examined": 0 if outcome in ("untested", "inapplicable") else 900,
        "findings": [],
        "measures": [],
        "waiver": None,
        **more,
        "findings_count": count,
        "truncated": len(findings) < count,
    }


WAIVER: Json = {
    "id": "W-2026-003",
    "reason": text("Hệ thống nguồn đang chuyển đổi mã.", "The source system is being migrated to new codes."),
    "scope": "VSC-CODE-R01, data/line.jsonl",
    "approved_by": "Trung tâm giám sát, điều hành thông minh",
    "expires": "2026-12-31",
}


def running_total() -> Json:
    samples = [
        finding(
            text(
                f"Lũy kế ngày {day:02d}/10/2026 khác lũy kế hôm trước cộng phát sinh trong ngày ở 20194.",
                f"The cumulative amount of 2026-10-{day:02d} is not the day before plus the day's amount in 20194.",
            ),
            line=12 + day,
            record=12 + day,
            pointer="/amount_ytd",
            expected=f"{1_204_500_000 + day * 7_000_000}",
            found=f"{1_204_500_000 + day * 7_000_000 - 1}",
        )
        for day in range(1, 9)
    ]
    return result(
        "VSC-BUD-R05",
        text("Lũy kế nối tiếp từng ngày", "Cumulative amounts continue day by day"),
        "failed",
        **{"class": "standard"},
        sources=[{"name": "TT 26/2026/TT-BTC Art. 18(2)(b)", "certainty": "S1", "checked_on": "2026-11-23"}],
        fix=text(
            "Tính lại lũy kế từ chứng từ gốc; mỗi lần điều chỉnh phải có dòng điều chỉnh kèm lý do.",
            "Recompute the cumulative amounts from the vouchers; declare each adjustment with its reason.",
        ),
        findings=samples,
        findings_count=17_432,
        measures=[{"name": "otr", "value": 0.9667, "required": 0.95}],
    )


def ceased_code() -> Json:
    return result(
        "VSC-CODE-R01",
        text("Mã đơn vị hành chính còn hiệu lực", "Administrative codes are in force"),
        "failed",
        basis="L",
        findings=[
            finding(
                text("Mã 490 hết hiệu lực từ 01/07/2025.", "Code 490 ceased on 2025-07-01."),
                line=3,
                column=41,
                record=3,
                pointer="/area_code",
                message_id="codelist.ceased",
                expected="20194",
                found="490",
            )
        ],
        waiver=WAIVER,
    )


def personal_data() -> Json:
    return result(
        "VSC-CORE-R09",
        text("Không lộ dữ liệu cá nhân", "No personal data is disclosed"),
        "failed",
        level="SHOULD",
        basis="L/P",
        findings=[
            finding(
                text(
                    "Trường ghi chú chứa số giống số định danh.",
                    "The note holds a number like an identity number.",
                ),
                file="data/báo cáo tháng 10.csv",
                line=77,
                record=76,
                pointer="/note",
                message_id="personal_data.identifier",
                found="000*********",
                redacted=True,
            ),
            finding(text("Bộ dữ liệu thiếu mức công bố.", "The dataset states no disclosure."), file=None),
        ],
    )


def undecided() -> list[Json]:
    return [
        result(
            "VSC-BUD-R02",
            text("Có mặt trước 08:00", "Available by 08:00"),
            "cantTell",
            **{"class": "advanced"},
            cause="evidence",
            reason=text("Bằng chứng là E2, mức Nâng cao cần E3.", "The evidence is E2; class Advanced needs E3."),
        ),
        result(
            "VSC-BUD-R04",
            text("Tổng bằng cộng các dòng", "Totals equal the sum of lines"),
            "cantTell",
            cause="skipped",
            reason=text("VSC-BUD-R01 không đạt.", "VSC-BUD-R01 has failed."),
        ),
        result(
            "VSC-BUD-R11",
            text("Chỉ tiêu IOC tính lại được", "The IOC indicator recomputes"),
            "cantTell",
            level="SHOULD",
            **{"class": "advanced"},
            cause="error",
            reason=text("Phép kiểm tra hết thời gian.", "The check ran out of time."),
        ),
        result(
            "VSC-BUD-R08",
            text("Khớp với báo cáo của các xã", "Matches the communes' own snapshots"),
            "untested",
            **{"class": "advanced"},
            reason=text("Gói nộp không có dữ liệu cấp xã.", "The submission holds no commune data."),
        ),
    ]


def passed() -> list[Json]:
    titles = [
        ("VSC-CORE-R01", "Tệp là UTF-8, dạng NFC", "Files are UTF-8 in NFC"),
        ("VSC-CORE-R02", "Thời gian theo RFC 3339", "Times follow RFC 3339"),
        ("VSC-CODE-R06", "Mã cơ quan đúng dạng", "Agency codes are well formed"),
        ("VSC-BUD-R01", "Mỗi ngày một bản chụp", "One snapshot a day"),
        ("VSC-BUD-R02", "Có mặt trước 08:00", "Available by 08:00"),
        ("VSC-BUD-R07", "Mục lục ngân sách đúng dạng", "Budget item codes are well formed"),
    ]
    rows = [result(name, text(vi, en)) for name, vi, en in titles]
    return [
        *rows,
        result("VSC-BUD-R12", text("Không có khoản mật", "No secret items"), "inapplicable", level="MAY"),
    ]


def series(name: str, late: set[int], missed: set[int], dataset: str = "VSC-BUD/snapshot", slots: int = 1) -> Json:
    """Thirty days from 2026-10-24 with `slots` updates each; on late and missed days the last slot is."""
    first = date(2026, 10, 24)
    days = []
    for number in range(30):
        delivered = slots - (number in missed)
        days.append(
            {
                "date": (first + timedelta(days=number)).isoformat(),
                "expected": slots,
                "delivered": delivered,
                "on_time": delivered - (number in late),
            }
        )
    totals = {key: sum(day[key] for day in days) for key in ("expected", "delivered", "on_time")}
    return {
        "requirement": "VSC-BUD-R02",
        "dataset": dataset,
        "series": name,
        "grade": "E2",
        "window": {"from": "2026-10-24", "to": "2026-11-23"},
        **totals,
        "cr": totals["delivered"] / totals["expected"],
        "otr": totals["on_time"] / totals["expected"],
        "lag_p50_s": 23_400,
        "lag_p95_s": 28_650.5,
        "lag_max_s": 41_000,
        "interval_p95_s": 90_061,
        "interval_max_s": None,
        "lrm": 1 if missed else 0,
        "days": days,
    }
