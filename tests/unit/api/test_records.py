"""Keys, item ids and subject times of records, as the standards' datasets have them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from validator.api.records import canonical, instant_of, item_path, key_of, positions_of
from validator.api.times import Times
from validator.catalogue.load import find_standard

OBSERVATION = find_standard("VSC-ENV").datasets["observation"]
SNAPSHOT = find_standard("VSC-BUD").datasets["snapshot"]
HOUR = {"station_id": "TPM-KK-01", "hour": "2026-08-22T00:00:00+07:00"}


def test_an_item_is_called_by_its_key() -> None:
    assert key_of(HOUR, OBSERVATION) == ("TPM-KK-01", "2026-08-22T00:00:00+07:00")
    assert item_path("/collections/a", HOUR, OBSERVATION) == (
        "/collections/a/items/TPM-KK-01~2026-08-22T00%3A00%3A00%2B07%3A00"
    )


def test_what_a_key_lacks_is_empty() -> None:
    assert key_of({"station_id": "a"}, OBSERVATION) == ("a", "")


def test_the_same_instant_at_another_offset_is_the_same() -> None:
    zulu = {**HOUR, "hour": "2026-08-21T17:00:00Z"}

    assert instant_of(zulu, OBSERVATION) == instant_of(HOUR, OBSERVATION)


def test_a_date_is_its_first_instant_in_viet_nam() -> None:
    record = {"snapshot_date": "2026-08-22"}
    at = instant_of(record, SNAPSHOT)

    assert Times().text(record, SNAPSHOT) == "2026-08-22T00:00:00+07:00"
    assert at is not None
    assert Times().at_offset(at, 0) == "2026-08-21T17:00:00Z"


@given(st.integers(min_value=-(10**14), max_value=4 * 10**15), st.integers(min_value=-12, max_value=14))
def test_an_instant_is_written_at_any_offset_and_read_back(civil: int, hours: int) -> None:
    record = {"station_id": "a", "hour": Times().at_offset(civil, hours)}

    assert instant_of(record, OBSERVATION) == civil


def test_positions_are_those_of_any_geometry() -> None:
    polygon = {"geometry": {"type": "Polygon", "coordinates": [[[108.1, 16.0], [108.2, 16.0], [108.1, 16.1]]]}}

    assert positions_of({"location": {"type": "Point", "coordinates": [108.2, 16.07]}}) == ((108.2, 16.07),)
    assert len(positions_of(polygon)) == 3
    assert positions_of({}) == ()


def test_equal_records_have_one_canonical_text() -> None:
    assert canonical({"a": 1.0, "b": [2]}) == canonical({"b": [2.0], "a": 1})
    assert canonical({"a": True}) != canonical({"a": 1})
