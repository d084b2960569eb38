"""Schema errors become findings that name their owner, their place and what was expected."""

from typing import Any

import pytest

from validator.checks.schema import SchemaCheck
from validator.model.finding import Finding
from validator.model.record import UNREADABLE, Batch

OWN, OTHER = "VSC-X-R03", "VSC-Y-R01"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "commune_code": {"type": "string", "pattern": "^[0-9]{5}$", "x-requirement": OTHER, "x-form": "commune_code"},
        "amount": {"type": "integer", "maximum": 10},
        "phone": {"type": "string", "maxLength": 3, "x-personal": True},
        "place": {
            "oneOf": [
                {"type": "object", "required": ["lon"], "properties": {"lon": {"type": "number"}}},
                {"type": "string", "enum": ["everywhere"]},
            ]
        },
        "inner": {
            "type": "object",
            "additionalProperties": False,
            "x-requirement": "VSC-Z-R99",
            "properties": {"a": {"type": "integer"}},
        },
    },
}
CHECK = SchemaCheck(SCHEMA, OWN, frozenset({OWN, OTHER}))


def findings(*values: Any) -> list[tuple[int, Finding]]:
    numbers = list(range(len(values)))
    batch = Batch("data/x.jsonl", 11, [n + 1 for n in numbers], numbers, [b""] * len(values), list(values))
    return list(CHECK(batch))


def only(value: Any) -> Finding:
    [(_, finding)] = findings(value)
    return finding


def test_a_good_record_gives_nothing() -> None:
    assert findings({"id": "a", "commune_code": "00004"}) == []


def test_an_unreadable_record_is_left_to_its_reading_fault() -> None:
    assert findings(UNREADABLE) == []


def test_a_finding_tells_record_and_line() -> None:
    [(index, finding)] = findings({"id": "a"}, {"id": 1})

    assert index == 1
    assert (finding.location.file, finding.location.line, finding.location.record) == ("data/x.jsonl", 2, 12)
    assert finding.location.pointer == "/id"


def test_an_error_belongs_to_the_nearest_annotation() -> None:
    finding = only({"id": "a", "commune_code": "4"})

    assert finding.requirement == OTHER
    assert finding.message_id == "form.commune_code"
    assert finding.found == "4"


def test_several_errors_of_one_named_form_are_told_once() -> None:
    assert only({"id": "a", "commune_code": 4}).message_id == "form.commune_code"


def test_an_annotation_that_names_no_known_requirement_never_loses_the_error() -> None:
    assert only({"id": "a", "inner": {"a": "x"}}).requirement == OWN


def test_an_undeclared_member_is_told_with_a_guess() -> None:
    finding = only({"id": "a", "amout": 3})

    assert finding.message_id == "schema.undeclared_near"
    assert finding.params["near"] == "amount"
    assert finding.location.pointer == "/amout"


def test_an_undeclared_member_unlike_any_other_is_told_without_a_guess() -> None:
    assert only({"id": "a", "zzzzzz": 3}).message_id == "schema.undeclared"


def test_a_missing_member_is_named() -> None:
    finding = only({"amount": 1})

    assert finding.message_id == "schema.required"
    assert finding.expected == "id"


def test_a_limit_is_shown_as_expected() -> None:
    finding = only({"id": "a", "amount": 11})

    assert (finding.message_id, finding.expected, finding.found) == ("schema.maximum", "≤ 10", "11")


def test_the_branch_that_was_meant_is_explained() -> None:
    finding = only({"id": "a", "place": {"lon": "x"}})

    assert finding.message_id == "schema.type"
    assert finding.location.pointer == "/place/lon"


def test_a_value_that_fits_no_branch_better_than_another_is_told_as_a_whole() -> None:
    assert only({"id": "a", "place": 5}).message_id == "schema.any_of"


def test_a_personal_value_is_marked() -> None:
    assert only({"id": "a", "phone": "0905123456"}).personal


@pytest.mark.parametrize(
    "record",
    [
        {"id": "urn:ngsi-ld:AirQualityObserved:1", "type": "AirQualityObserved", "NO2": 22},
        {"id": "x", "type": "Device", "@context": ["https://example.org"]},
        {"id": "x", "type": "Streetlight", "status": "ok"},
    ],
)
def test_another_communitys_binding_is_one_finding_that_says_so(record: dict[str, Any]) -> None:
    assert only(record).message_id == "schema.foreign_binding"
