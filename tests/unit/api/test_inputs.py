"""Inputs that the seed decides, and bodies with one fault that the schema refuses."""

from __future__ import annotations

import unicodedata

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.api.bodies import body_faults
from validator.api.contents import optional_twins, other_content, precise_content
from validator.api.inputs import decomposed, page_sizes, parameter_faults, unknown_parameters, vietnamese
from validator.catalogue.load import find_standard

READING = find_standard("VSC-CORE").datasets["reading"]
RECORD = {
    "series": "luong-mua-ngay", "area_code": "20197", "observed_at": "2026-08-22T19:00:00+07:00",
    "available_at": "2026-08-22T12:20:00Z", "quantity": {"value": 0, "unit": "mm", "unit_rec20": "MMT"},
    "status": "final",
}  # fmt: skip


@pytest.mark.parametrize("seed", [1, 77])
def test_a_seed_gives_the_same_inputs_again(seed: int) -> None:
    for draw in (vietnamese, unknown_parameters):
        assert draw(seed, 5) == draw(seed, 5)  # type: ignore[operator]
    assert page_sizes(seed, 20, 50) == page_sizes(seed, 20, 50)


def test_another_seed_gives_others() -> None:
    assert vietnamese(1, 8) != vietnamese(2, 8)


def test_vietnamese_texts_have_twins() -> None:
    for text in vietnamese(3, 10):
        assert decomposed(text) != text
        assert unicodedata.normalize("NFC", decomposed(text)) == text


def test_every_wrong_value_has_a_case_of_its_own() -> None:
    names = [fault.name for fault in parameter_faults(("limit", "datetime", "bbox", "cursor"))]

    assert len(set(names)) == len(names) > 20


def test_the_schema_refuses_every_faulty_body() -> None:
    validator = jsonschema_rs.validator_for(dict(READING.schema), validate_formats=True)
    faults = body_faults(RECORD, READING.schema)

    assert validator.is_valid(RECORD)
    assert not any(validator.is_valid(fault.body) for fault in faults)
    assert len({fault.name for fault in faults}) == len(faults) > 15


def test_other_contents_are_valid_and_keep_the_key() -> None:
    validator = jsonschema_rs.validator_for(dict(READING.schema), validate_formats=True)
    twins = optional_twins(RECORD, READING)
    others = [other_content(RECORD, READING), precise_content(RECORD, READING), *(twins or ())]

    assert twins is not None
    for other in others:
        assert other is not None
        assert validator.is_valid(other)
        assert [other[name] for name in READING.key] == [RECORD[name] for name in READING.key]
    assert others[0] != RECORD
    assert "1234.5678901234" in str(others[1])


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4))
def test_bodies_can_be_made_from_any_record(record: dict[str, object]) -> None:
    body_faults(record, READING.schema)
