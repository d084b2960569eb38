"""A certificate as the issuer writes it, put together from the rooms that make one; and the key it is signed with."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from validator.certificate.es256 import SoftwareKey
from validator.messages import catalogue

KEY = SoftwareKey(ec.derive_private_key(0x5EED, ec.SECP256R1()))
KID = "DEMO-sample"
NAMES = ("vi", "en")


def both(key: str) -> dict[str, str]:
    return {lang: catalogue("certificate", lang)[key] for lang in NAMES}


def _scope(name: str, vi: str, en: str, asked: bool) -> dict[str, Any]:
    return {
        "standard": name, "edition": "1.0", "title": {"vi": vi, "en": en}, "digest": "sha256:" + "a" * 64,
        "legalBasisCheckedOn": "2026-11-23", "askedFor": asked, "classGranted": "standard",
        "classesNotGranted": [{"class": "advanced", "reason": "notExamined"}],
    }  # fmt: skip


def _status(purpose: str) -> dict[str, str]:
    listed = f"https://dang-ky.example/status/{purpose}-1.json"
    return {
        "id": f"{listed}#77", "type": "BitstringStatusListEntry", "statusPurpose": purpose,
        "statusListIndex": "77", "statusListCredential": listed,
    }  # fmt: skip


def sample_credential(demo: bool = True) -> dict[str, Any]:
    number = "LT-2026-7K3M9QXA"
    url = f"https://dang-ky.example/xac-nhan/{number}"
    name = "name.demo" if demo else "name"
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", {"@vocab": "urn:lienthong:certificate:1.0#"}],
        "id": url,
        "type": ["VerifiableCredential", "TestResultAttestation"],
        "name": [{"@value": both(name)[lang], "@language": lang} for lang in NAMES],
        "description": [{"@value": both("description")[lang], "@language": lang} for lang in NAMES],
        "issuer": {
            "id": "did:web:dang-ky.example", "type": "Issuer",
            "name": {"vi": "Trung tâm Thử nghiệm Đô thị Mẫu (mô phỏng)", "en": "Sample City Test Centre (simulated)"},
            "address": "1 Trần Phú, phường Hải Châu, thành phố Đà Nẵng", "contact": "thu-nghiem@example.vn",
            "partyRole": "third", "registeredCertificationBody": False, "standing": both("issuer.not_registered"),
        },
        "validFrom": "2026-11-26T08:00:00+07:00",
        "validUntil": "2027-11-26T08:00:00+07:00",
        "credentialStatus": [_status("revocation"), _status("suspension")],
        "credentialSubject": {
            "type": "TestedSystem", "number": number, "demo": demo,
            "client": {"name": "Công ty Giải pháp Đô thị Mẫu", "taxCode": "0101234567", "address": "2 Lê Duẩn"},
            "object": {
                "name": "IOC Mẫu", "version": "2.4.1", "platformId": None, "submission": "thanh-pho-mau",
                "submissionDigest": "sha256:" + "b" * 64, "deployment": None,
                "localities": [{"province_code": "48", "commune_codes": ["20194", "20275"]}],
            },
            "scope": [
                _scope("VSC-BUD", "Thu – chi ngân sách hằng ngày", "Daily budget revenue and expenditure", True),
                _scope("VSC-ENV", "Không khí, nước mặt và tiếng ồn", "Air, surface water and noise", True),
                _scope("VSC-CORE", "Quy tắc dữ liệu lõi và phong bì dữ liệu", "Core data rules and envelope", False),
                _scope("VSC-CODE", "Mã định danh đơn vị hành chính, cơ quan", "Identity codes", False),
            ],
            "completeness": {
                "requirementsInScope": 38, "requirementListDigest": "sha256:" + "c" * 64,
                "resultsByOutcome": {"passed": 36, "failed": 1, "cantTell": 0, "inapplicable": 1, "untested": 0},
            },
            "notPassed": [
                {"requirement": "VSC-ENV-R07", "class": "basic", "level": "SHOULD", "outcome": "failed"},
                {"requirement": "VSC-BUD-R11", "class": "standard", "level": "MUST", "outcome": "inapplicable"},
            ],
            "waivers": [{
                "id": "W-2026-003", "requirement": "VSC-ENV-R07", "approved_by": "Sở KH&CN", "expires": "2027-12-31",
                "reason": {"vi": "Trạm đang thay cảm biến", "en": "Sensors are being replaced"}, "scope": "VSC-ENV-R07",
            }],
            "method": {
                "description": both("method"), "decisionRule": both("decision_rule"),
                "tool": {"name": "Liên thông", "version": "0.1.0"}, "profile": None,
                "parameters": [
                    {"standard": "VSC-BUD", "name": "deadline", "unit": "ISO 8601", "basis": "P", "value": "PT8H"},
                    {"standard": "VSC-BUD", "name": "otr_min", "unit": "1", "basis": "P", "value": "0.95"},
                ],
                "codeLists": [{"id": "vn-commune", "edition": "2025-07-01", "sha256": "sha256:" + "f" * 64}],
                "evidenceGrades": [{
                    "requirement": "VSC-BUD-R08", "grade": "E2",
                    "from": "2026-08-25T00:00:00+07:00", "to": "2026-11-23T00:00:00+07:00",
                }],
            },
            "conditions": ["Chỉ cho ba phường thí điểm đến hết năm 2026"],
            "report": {
                "evidenceDigest": "sha256:" + "9" * 64,
                "title": both("report_title"), "id": "urn:sha256:" + "d" * 64, "digest": "sha256:" + "d" * 64,
                "asOf": "2026-11-23T09:30:00+07:00", "schema": "lienthong-report/1.0",
            },
            "grantedAt": "2026-11-26T08:00:00+07:00",
            "surveillanceDue": "2027-05-26T08:00:00+07:00",
            "statements": [both(k) for k in catalogue("certificate", "vi") if k.startswith("statement.")],
            "log": {"origin": "dang-ky.example/log"},
        },
    }  # fmt: skip
