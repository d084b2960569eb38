"""A made-up report of a live run: every outcome of a test, findings of two causes, records left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.sample_report import sample_report
from tests.unit.sample_results import Json, finding, result, text

BASE = "https://city.example/vsc/v1"
COLLECTION = f"{BASE}/collections/env-station/items"


def exchange(number: int, url: str = COLLECTION, **more: Any) -> Json:
    return {
        "number": number,
        "started_at": "2026-11-26T13:13:10.888679+00:00",
        "seconds": 0.0264,
        "credential": None,
        "method": "GET",
        "url": url,
        "request_headers": [["Host", "city.example"], ["Accept-Encoding", "identity"]],
        "request_body": None,
        "status": 404,
        "response_headers": [["Vary", "Accept"], ["Content-Type", "application/problem+json"], ["Vary", "Origin"]],
        "response_body": '{"type":"about:blank","status":404}',
        "failure": None,
        "curl": f"curl --include --globoff --request GET --header 'Accept-Encoding: identity' --url '{url}'",
        "second_opinion": {
            "engine": "openapi-core",
            "word": "invalid",
            "reason": "InvalidData: 'title' is a required property",
        },
        **more,
    }


def fault(name: str, exchanges: list[Json], target: str = COLLECTION, test: str = "test_R03_unknown_is_404") -> Json:
    made = finding(
        text(f"{name}: lỗi thiếu title hoặc title sai kiểu", f"{name}: the error lacks title, or title is wrong"),
        file=f"GET {target}",
        pointer="/title",
        message_id="VSC-API-R03.problem_member",
        expected="title",
    )
    made["evidence"] |= {"test": test, "exchanges": exchanges}
    return made


def assertion(name: str, outcome: str = "passed", **more: Any) -> Json:
    return {"name": name, "outcome": outcome, "cause": None, "reason": None, "examined": 9, "requests": 9, **more}


def errors() -> Json:
    """Two causes: three samples of one collection by two tests, one of another path, there without an answer."""
    refused = {"credential": "main", "second_opinion": {"engine": "openapi-core", "word": "valid", "reason": None}}
    silent = {
        "status": None,
        "failure": "timeout: 20 s",
        "response_headers": [],
        "response_body": None,
        "second_opinion": {"engine": "openapi-core", "word": None, "reason": None},
    }
    findings = [
        fault("limit=abc", [exchange(1226, f"{COLLECTION}?limit=abc")], f"{COLLECTION}?limit=abc"),
        fault("limit=0", [exchange(1227), exchange(1228, f"{COLLECTION}?limit=0", **refused)], f"{COLLECTION}?limit=0"),
        fault("POST", [exchange(1301, method="POST", request_body="{}")], test="test_R03_other_methods_are_405"),
        fault("/status", [exchange(1344, f"{BASE}/status", **silent)], f"{BASE}/status"),
    ]
    return result(
        "VSC-API-R03",
        text("Lỗi nói rõ", "Errors that say what is wrong"),
        "failed",
        findings=findings,
        findings_count=206,
        fix=text("Xử lý lỗi ở một nơi chung.", "Handle errors in one place."),
        assertions=[
            assertion("test_R03_unknown_is_404", "failed"),
            assertion("test_R03_other_methods_are_405", "failed"),
            assertion("test_R03_answers_show_nothing_of_the_inside"),
        ],
    )


def _results() -> list[Json]:
    needs = text("Không xem xét vì yêu cầu VSC-API-R03 chưa đạt", "Not examined because VSC-API-R03 is not met")
    broken = text("Phép thử tự hỏng: KeyError", "The test itself failed: KeyError")
    return [
        result(
            "VSC-API-R02",
            text("Tài liệu OpenAPI", "An OpenAPI document"),
            assertions=[assertion("test_R02_own_pages_agree[/status]")],
        ),
        errors(),
        result(
            "VSC-API-R05",
            text("Nhận biết thay đổi", "Change is recognised"),
            "cantTell",
            cause="skipped",
            reason=needs,
            assertions=[
                assertion("test_R05_tags_are_stable", "cantTell", cause="skipped", reason=needs, examined=0),
                assertion("test_R05_never_304", "cantTell", cause="error", reason=broken),
            ],
        ),
        result(
            "VSC-API-R11",
            text("Ngừng phiên bản có báo trước", "Versions end with notice"),
            "inapplicable",
            level="SHOULD",
            reason=text("Không có thao tác nào sắp ngừng.", "No operation is deprecated."),
            assertions=[
                assertion(
                    "test_R11_notice",
                    "inapplicable",
                    reason=text("Không có thao tác nào sắp ngừng.", "No operation is deprecated."),
                )
            ],
        ),
        result(
            "VSC-API-R12",
            text("Chỉ tệp mới cho thấy", "Only files show it"),
            "untested",
            reason=text("Chỉ tệp mới cho thấy.", "Only files show it."),
        ),
    ]


def live_run() -> Json:
    return {
        "url": BASE,
        "seed": 7,
        "started_at": "2026-11-26T13:13:08+00:00",
        "finished_at": "2026-11-26T13:14:13+00:00",
        "requests": 1025,
        "requests_digest": "sha256:" + "5c" * 32,
        "evidence": {"file": "exchanges.ndjson", "sha256": "e1" * 32},
        "writes_allowed": True,
        "left_behind": ["/collections/core-reading/items/lienthong-1"],
        "claims": ["urn:vsc:api:1.0:conf:standard", "urn:vsc:api:1.0:conf:writable"],
        "roles": ["limited", "main"],
        "watch": {
            "from": "2026-11-25T13:00:00+00:00",
            "to": "2026-11-26T13:00:00+00:00",
            "probes": 1440,
            "head": "ab" * 32,
        },
    }


def sample_live(change: Callable[[Json], None] | None = None) -> Json:
    """The whole live report, changed by `change` when given, then sealed."""

    def live(report: Json) -> None:
        results = _results()
        outcomes = ("passed", "failed", "cantTell", "inapplicable", "untested")
        counts = {outcome: sum(r["outcome"] == outcome for r in results) for outcome in outcomes}
        standard = report["standards"][0] | {"id": "VSC-API", "title": text("Hành vi API", "API behaviour")}
        verdict = {"standard": "VSC-API", "version": "1.0", "claimed": True, "verdict": "nonconformant"}
        report.update(
            live=live_run(),
            results=results,
            standards=[standard],
            verdicts=[verdict | {"class": name, "counts": counts} for name in ("basic", "standard", "advanced")],
            summary={"verdict": "nonconformant", "counts": counts, "findings_count": 206},
            submission={
                "name": BASE, "vendor": None, "product": None, "localities": [], "files": [], "sha256": "e1" * 32,
            },
            timeliness=[], waivers=[], not_tested=[], parameters=[],
        )  # fmt: skip
        if change:
            change(report)

    return sample_report(live)
