"""Personal identifiers are found in any string of a public record, and nothing that resembles one is."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.checks.personal_data import identifiers, protected, scanner
from validator.checks.personal_patterns import may_hold
from validator.model.finding import Finding
from validator.model.record import UNREADABLE, Batch
from validator.model.standard import Check, Column, ConformanceClass, Dataset, Level, Requirement
from validator.model.text import Text

TEXT = Text("vi", "en")
CHECK = Check("personal_data", {"ask": "identifiers"})
REQUIREMENT = Requirement(
    "VSC-X-R07", "VSC-X", "5.7", Level.MUST, ConformanceClass.BASIC, TEXT, TEXT, "L", (), ("*",), (), (CHECK,),
    None, {}, None, {},
)  # fmt: skip


def dataset(*columns: Column) -> Dataset:
    return Dataset("VSC-X", "thing", TEXT, ("jsonl",), {}, "VSC-X-R01", columns, (), None, None, True)


def batch(*records: Any, raws: bool = True) -> Batch:
    count = len(records)
    texts = [b"" if r is UNREADABLE or not raws else orjson.dumps(r) for r in records]
    return Batch("data/x.jsonl", 11, list(range(11, 11 + count)), [0] * count, texts, list(records))


def scan(given_batch: Batch, disclosure: str | None = "public", *columns: Column) -> list[Finding]:
    return list(scanner(REQUIREMENT, CHECK, dataset(*columns), disclosure)(given_batch))


def categories(record: Any) -> list[str]:
    return [category for _, category in identifiers(record)]


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("personal_id", "000095012345"),
        ("personal_id", "CCCD-048095012345, do công an cấp"),
        ("personal_id", "số định danh: 079 085 001 234."),
        ("personal_id", "(096.200.000.001)"),
        ("old_id", "CMND 201234567"),
        ("old_id", "chứng minh nhân dân: 201 234 567"),
        ("old_id", "số 201234567"),
        ("old_id", "giấy tờ tuỳ thân số: 201.234.567"),
        ("phone", "0905123456"),
        ("phone", "ĐT.0905123456"),
        ("phone", "gọi 0905 123 456 gặp anh Ba"),
        ("phone", "090.512.3456"),
        ("phone", "0905-123-456"),
        ("phone", "+84905123456"),
        ("phone", "+84 905 123 456"),
        ("email", "nguoi.dan+1@thu.example.com"),
        ("plate", "xe 43A-123.45 gây tai nạn"),
        ("plate", "29X1-123.45"),
        ("plate", "51F 123.45"),
        ("plate", "43A-12345"),
        ("plate", "biển số 29A12345"),
        ("plate", "BKS 43A-1234"),
        ("name_birth_date", "Nguyễn Văn Mẫu, sinh ngày 01/01/1990"),
        ("name_birth_date", "LÊ THỊ MẪU, ngày sinh: 1 tháng 1, năm 1990"),
    ],
)
def test_an_identifier_in_free_text_is_found(category: str, text: str) -> None:
    assert categories({"note": text}) == [category]
    assert may_hold(orjson.dumps({"note": text}))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T09:00:00+07:00",
        "123e4567-e89b-12d3-a456-001614174000",
        "urn:uuid:123e4567-e89b-12d3-a456-042661417400",
        "202611200900",
        "097095012345",
        "000000000000",
        "1048095012345",
        "0480950123456",
        "0.048095012345",
        "16.0912345678",
        "16.0471, 107.5912345678",
        "a0905123456b",
        "Quyết định số 123456789",
        "QĐ số 123456789",
        "hồ sơ số 123456789",
        "201234567",
        "MST 0312345678",
        "mã số thuế: 0312345678",
        "H99.01@danang.example.vn",
        "0101234567@danang.example.vn",
        "000.00.15.H22-220504-0001",
        "12.345.678.901",
        "tổng đài 1022, 02363822222",
        "lô A1-12345, trạm 12A-345",
        "đường Nguyễn Văn Linh",
        "Sinh ngày 01/01/1990",
        "Hồ Xuân Hương: vệ sinh 12/03/2025, phát sinh ngày 12/03/2026",
    ],
)
def test_what_only_resembles_an_identifier_is_left_alone(text: str) -> None:
    assert categories({"note": text}) == []


def test_a_name_and_a_birth_date_in_two_members_are_a_pair() -> None:
    record = {"nguoi": {"Họ_tên": "Trần Thị B", "ngay_sinh": "1990-01-01"}}

    assert list(identifiers(record)) == [("/nguoi/Họ_tên", "name_birth_date")]


def test_a_name_or_a_birth_date_alone_is_no_pair() -> None:
    assert categories({"ho_ten": "Trần Thị B"}) == []
    assert categories({"ngay_sinh": "1990-01-01"}) == []


def test_a_finding_holds_the_place_and_never_the_value() -> None:
    (finding,) = scan(batch({"ok": "x"}, {"media": [{"caption": "gọi 0905123456"}]}))

    assert (finding.requirement, finding.message_id) == ("VSC-X-R07", "personal.phone")
    assert (finding.location.line, finding.location.record) == (12, 12)
    assert finding.location.pointer == "/media/0/caption"
    assert finding.personal
    assert finding.found is None
    assert "0905123456" not in repr(finding)


def test_each_record_and_category_is_told() -> None:
    found = scan(batch({"a": "0905123456 và a@b.vn"}, {"a": "0905123457"}, {"b": "0905123458"}))

    assert [(f.location.record, f.message_id) for f in found] == [
        (11, "personal.phone"), (11, "personal.email"), (12, "personal.phone"), (13, "personal.phone"),
    ]  # fmt: skip


@pytest.mark.parametrize("disclosure", ["internal", "restricted", None])
def test_only_public_data_are_looked_at(disclosure: str | None) -> None:
    assert scan(batch({"a": "0905123456"}), disclosure) == []


def test_an_unreadable_record_is_passed_over() -> None:
    assert [f.location.record for f in scan(batch(UNREADABLE, {"a": "0905123456"}))] == [12]


def test_records_without_bytes_of_their_own_are_read() -> None:
    assert len(scan(batch({"a": "0905123456"}, raws=False))) == 1


def test_an_identifier_behind_json_escapes_is_found() -> None:
    raw = b'{"a":"\\u0030905123456"}'
    escaped = Batch("x", 1, [1], [0], [raw], [json.loads(raw)])

    assert [f.message_id for f in scan(escaped)] == ["personal.phone"]


def test_ten_digits_of_an_organisation_code_are_no_telephone_number() -> None:
    columns = (
        Column("org_code", ("owner", "org_code"), "VARCHAR", "org_code"),
        Column("t", ("t",), "VARCHAR[]", "tax_code"),
    )
    record = {"owner": {"org_code": "0312345678"}, "t": ["0312345678"]}

    assert scan(batch(record), "public", *columns) == []
    assert len(scan(batch(record))) == 2


def test_a_personal_id_in_place_of_a_tax_code_is_found() -> None:
    column = Column("tax_code", ("tax_code",), "VARCHAR", "tax_code")

    assert [f.message_id for f in scan(batch({"tax_code": "048095012345"}), "public", column)] == [
        "personal.personal_id"
    ]


digits = st.text("0123456789", min_size=7, max_size=7)
gaps = st.sampled_from(["", " ", ".", "-"])
words = st.sampled_from(["Trạm", "đo", "lúc", "tại", "phường", "An Cựu", "bơm", "cấp nước"])


@given(
    st.sampled_from("35789"), st.sampled_from("0123456789"), digits, gaps, gaps, st.sampled_from(["0", "+84", "+84 "])
)
def test_every_mobile_number_is_found(first: str, second: str, rest: str, a: str, b: str, prefix: str) -> None:
    number = f"{prefix}{first}{second}{a}{rest[:3]}{b}{rest[3:]}"

    assert "phone" in categories({"note": f"gọi {number}, gặp trực ban"})


@given(st.integers(0, 96), st.integers(1, 10**9 - 1), words, words)
def test_every_personal_id_is_found(province: int, rest: int, before: str, after: str) -> None:
    assert "personal_id" in categories({"note": f"{before} {province:03d}{rest:09d} {after}"})


@given(st.text("0123456789", min_size=13, max_size=40))
def test_longer_runs_of_digits_are_no_identifier(run: str) -> None:
    assert categories({"code": run}) == []


@given(st.uuids(), st.datetimes(), st.floats(-1e6, 1e6, allow_nan=False))
def test_uuids_times_and_decimals_are_no_identifier(uuid: object, time: Any, number: float) -> None:
    assert (
        categories(
            {"id": str(uuid), "urn": f"urn:uuid:{uuid}", "at": f"{time.isoformat()}+07:00", "n": f"{number:.9f}"}
        )
        == []
    )


pieces = st.one_of(
    st.text("0123456789 .-/:,+@ABXĐđ", max_size=14),
    st.sampled_from(
        ["CMND", "CMT", "số ", "Số: ", "biển số ", "sinh ngày ", "DOB: ", "Nguyễn Văn A", "01/01/1990", "201234567",
         "0905 123 456", "43A-123.45", "048095012345", "a@b.vn", "ĐT."]
    ),
    words,
)  # fmt: skip


@given(st.lists(pieces, max_size=6), st.sampled_from(["note", "ngay_sinh", "ho_ten", "dob"]))
def test_the_prefilter_never_hides_an_identifier(parts: list[str], key: str) -> None:
    record = {key: "".join(parts), "ho_ten": "Lê Thị B"}

    if categories(record):
        assert may_hold(orjson.dumps(record))
        assert may_hold(json.dumps(record).encode())


@pytest.mark.parametrize("text", ["Gọi 0905 123 456", "nguoidan@example.org"])
def test_a_raw_value_that_holds_an_identifier_is_never_shown(text: str) -> None:
    shown = protected(Finding("VSC-X-R01", "schema.pattern", found=text))

    assert shown.personal


def test_other_raw_values_and_figures_of_rules_are_shown() -> None:
    assert not protected(Finding("VSC-X-R01", "schema.pattern", found="00004")).personal
    assert not protected(Finding("VSC-X-R04", "VSC-X-R04.default", found="105660894712")).personal
