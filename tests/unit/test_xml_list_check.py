"""Lists are judged record by record as the whole document would be, and never pass where that cannot be told."""

import shutil
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xml_lists import (
    END,
    HEAD,
    NAMESPACE,
    SCHEMA,
    SCHEMATRON,
    XSD,
    XSD_WITH_KEY,
    document,
    known,
    places,
    reading,
    results,
    standard_at,
    submission,
)
from validator import xml_pieces
from validator.checks import xml, xml_schemas
from validator.checks.xml_model import record_wise
from validator.engine import units
from validator.errors import EngineError
from validator.model.finding import Finding
from validator.model.record import Batch
from validator.model.standard import Dataset
from validator.observe import read_xml_list as reader
from validator.observe.read_xml_list import read_xml_list
from validator.observe.xml import read_xml
from validator.observe.xml_places import locate_in_list
from validator.run import Options, validate
from validator.xml_pieces import ListNames, list_names

NAMES = list_names(SCHEMA) or ListNames("", "", "")
AS_DOCUMENT = {**SCHEMA, "x-xml": {"namespace": NAMESPACE, "root": "readings"}}


@cache
def home(xsd: str = XSD) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="lienthong-test-"))
    (folder / "a.xsd").write_text(xsd, encoding="utf-8")
    (folder / "a.sch").write_text(SCHEMATRON, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", autouse=True)
def no_folder_is_left() -> Iterable[None]:
    yield
    for xsd in (XSD, XSD_WITH_KEY):
        shutil.rmtree(home(xsd))
    home.cache_clear()


def checked(text: str, schema: dict[str, Any], xsd: str = XSD, **asked: str) -> list[tuple[Batch, Finding]]:
    """Findings of the check over the document read as a list, or as one record."""
    standard = standard_at(home(xsd), xsd)
    requirement = standard.requirements[1]
    dataset = Dataset(
        "VSC-TRY", "reading", requirement.title, ("xml",), schema, "VSC-TRY-R02", (), (), None, None, False
    )
    settings_ = {"ask": "xsd", "file": "a.xsd", **asked}
    check = xml.scanner(requirement, xml.Check("xml", settings_), dataset, home(xsd))
    path = home(xsd) / "data.xml"
    path.write_text(text, encoding="utf-8")
    size = path.stat().st_size
    read = read_xml_list(path, "d", schema, NAMES, 0, size) if schema is SCHEMA else read_xml(path, "d", schema)
    return [(batch, finding) for batch in read for finding in check(batch)]


def whole(text: str, **asked: str) -> set[tuple[Any, ...]]:
    found = [finding for _, finding in checked(text, AS_DOCUMENT, **asked)]
    return {(f.location.line, f.location.pointer, str(sorted(f.params.items()))) for f in found}


def by_record(text: str, **asked: str) -> set[tuple[Any, ...]]:
    made = set()
    for batch, finding in checked(text, SCHEMA, **asked):
        place, frame = finding.location, batch.frame
        line, pointer = place.line, place.pointer
        if place.record is not None:
            index = place.record - batch.first
            assert frame is not None
            assert pointer is not None
            found = locate_in_list(frame, batch.raws[index], pointer, batch.lines[index], place.record)
            assert found[0] == line
            pointer = found[1]
        made.add((line, pointer, str(sorted(finding.params.items()))))
    return made


RECORDS = st.sampled_from([
    reading(1), reading(2, "x"), reading(3, station="?"), reading(4, more="\n<no/>"),
    reading(5, more="<value>y</value>"),
    '<reading id="6"/>', "<reading><station>s1</station>\n<value>1</value></reading>", reading(7, more="<!-- - -->"),
    reading(8).replace("<value>", "<value  \n a='1'>"), '<reading id="9"><reading/></reading>', reading(10, 5000),
    f'<reading xmlns="{NAMESPACE}" id="11"><station>s</station></reading>', "<!-- <reading> -->", "\n\n",
    reading(12).replace("\n", " "), reading(13).replace("<station>", "\n\n<station><![CDATA[</reading>]]>"),
])  # fmt: skip
HEADS = st.sampled_from([HEAD, HEAD.replace(" version", " other"), HEAD.replace("<source>", "\n<source  a='1'>")])
ENDS = st.sampled_from([END, "<end>x</end>\n" + END, "<end/><end/>" + END, "<other/>" + END, "loose" + END])


@settings(max_examples=150, deadline=None)
@given(st.lists(RECORDS, min_size=2, max_size=12), HEADS, ENDS, st.integers(1, 4))
def test_records_are_judged_as_in_the_whole_document(made: list[str], head: str, end: str, at_once: int) -> None:
    text = document([reading(0), reading(0), *made], head, end)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "BATCH_RECORDS", at_once)
        assert by_record(text) == whole(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS, min_size=2, max_size=8), st.sampled_from(["<end/>", "<other/>", "loose"]))
def test_after_a_misplaced_element_at_least_as_much_is_told(made: list[str], between: str) -> None:
    text = document([reading(0), between, reading(0), *made])
    assert whole(text) <= by_record(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS, min_size=2, max_size=8))
def test_assertions_of_a_record_are_judged_as_in_the_whole_document(made: list[str]) -> None:
    text = document([reading(0), reading(0), *made])
    asked = {"ask": "schematron", "file": "a.sch"}
    assert by_record(text, per="record", **asked) == whole(text, **asked)


def test_no_record_at_all_is_told_as_the_schema_says() -> None:
    assert by_record(document([])) == whole(document([]))


def test_a_key_over_records_is_judged_in_the_whole_document() -> None:
    text = document([reading(1), reading(2), reading(1)])
    found = [f for _, f in checked(text, SCHEMA, XSD_WITH_KEY)]
    assert [(f.location.line, f.message_id) for f in found] == [(12, "xml.xsd")]
    assert "Duplicate key-sequence" in found[0].params["reason"]


def test_a_document_too_large_for_a_check_of_the_whole_is_our_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "WHOLE_BYTES", 100)
    with pytest.raises(EngineError, match=r"xml\.list_too_large"):
        checked(document([reading(1)]), SCHEMA, XSD_WITH_KEY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('maxOccurs="unbounded"', 'maxOccurs="9"'),
        ('maxOccurs="unbounded"', 'minOccurs="3" maxOccurs="unbounded"'),
        ('type="xs:decimal"', 'type="xs:ID"'),
        ('<xs:element name="end"', '<xs:any maxOccurs="3"/><xs:element name="end"'),
        ('<xs:element name="end"', '<xs:group ref="g"/><xs:element name="end"'),
        ('<xs:element name="end"', '<xs:element name="reading" type="xs:string"/><xs:element name="end"'),
        ('name="readings"><xs:complexType', 'name="readings"><xs:complexType mixed="true"'),
        ('  <xs:element name="readings"', '  <xs:include schemaLocation="b.xsd"/><xs:element name="readings"'),
        (' elementFormDefault="qualified"', ""),
        ('name="readings"', 'name="others"'),
        ('<xs:sequence>\n    <xs:element name="source"', '<xs:sequence minOccurs="2"><xs:element name="source"'),
    ],
)  # fmt: skip
def test_a_schema_that_could_look_beyond_a_record_is_not_asked_by_record(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "a.xsd").write_text(XSD.replace(old, new), encoding="utf-8")
    assert old in XSD
    assert not record_wise(tmp_path / "a.xsd", NAMES)


def test_a_plain_schema_is_asked_by_record() -> None:
    assert record_wise(home() / "a.xsd", NAMES)
    assert not record_wise(home(XSD_WITH_KEY) / "a.xsd", NAMES)


def test_a_schematron_and_a_schema_are_compiled_once_a_process() -> None:
    path = home()
    assert xml_schemas.schematron_at(path / "a.sch") is xml_schemas.schematron_at(path / "a.sch")
    assert xml_schemas.schema_at(path / "a.xsd") is xml_schemas.schema_at(path / "a.xsd")


def test_a_run_places_findings_of_every_kind(tmp_path: Path) -> None:
    made = [reading(n) for n in range(9)]
    made[2], made[5], made[7] = reading(2, "x"), reading(5, 5000), reading(7, -3)
    with known(standard_at(tmp_path)):
        told = results(validate(submission(tmp_path / "s", document(made)), Options()))
    value = "/reading:readings/reading:reading[{}]/reading:value".format
    assert places(told["VSC-TRY-R01"]) == places(told["VSC-TRY-R02"]) == [(3, 14, value(3))]
    assert places(told["VSC-TRY-R03"]) == [(3, 14, value(3)), (6, 26, value(6))]
    assert places(told["VSC-TRY-R04"]) == [(8, 34, value(8))]


def in_order(told: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The results with findings by line: what is wrong around the records comes last in its batch or first."""
    for result in told.values():
        result["findings"].sort(key=lambda finding: finding["location"].get("line") or 0)
    return told


def test_where_a_list_is_cut_changes_no_finding_and_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [reading(n, "x" if n % 7 == 0 else -3 if n % 11 == 0 else n) for n in range(60)]
    made[20], made[40] = made[20].replace("</value>", "</valeu>"), f"<!-- {'x' * 300} -->\n" + made[40]
    root = submission(tmp_path / "s", document([*made, "loose"]))
    with known(standard_at(tmp_path, without=["R03"])):
        one = in_order(results(validate(root, Options(samples=1000))))
        assert one["VSC-TRY-R04"]["findings_count"] == 5
        for size in (1, 300, 1500):
            monkeypatch.setattr(units, "UNIT_BYTES", size)
            for jobs in (1, 2):
                cut = validate(root, Options(samples=1000, jobs=jobs))
                assert in_order(results(cut)) == one


def test_a_broken_list_never_passes(tmp_path: Path) -> None:
    with known(standard_at(tmp_path)):
        for text in (document([reading(1)], end=""), document([reading(1), reading(2).replace("</value>", "")])):
            told = results(validate(submission(tmp_path / "s", text), Options()))
            assert {told[f"VSC-TRY-R0{n}"]["outcome"] for n in (1, 2, 3, 4)} == {"cantTell"}
            assert told["VSC-CORE-R01"]["outcome"] == "failed"


def test_the_bound_of_a_whole_document_is_stated() -> None:
    assert xml_pieces.WHOLE_BYTES == 8 * 2**20
