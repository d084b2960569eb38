"""A list is read record by record, each at its own line and offset, whatever stands between the records."""

from pathlib import Path

import pytest

from tests.xml_lists import END, HEAD, NAMESPACE, SCHEMA, document, reading
from validator.model.record import UNREADABLE, Batch, Frame
from validator.observe import read_xml_list as reader
from validator.observe.read_xml_list import list_ranges, read_xml_list
from validator.observe.xml_places import locate_in_list, record_text
from validator.xml_pieces import ListNames, list_names

NAMES = list_names(SCHEMA) or ListNames("", "", "")


def batches(tmp_path: Path, raw: bytes | str, start: int = 0, end: int | None = None) -> list[Batch]:
    path = tmp_path / "data.xml"
    content = raw.encode() if isinstance(raw, str) else raw
    path.write_bytes(content)
    return list(read_xml_list(path, "data.xml", SCHEMA, NAMES, start, len(content) if end is None else end))


def ids(made: list[Batch]) -> list[str | None]:
    return [None if value is UNREADABLE else value["@id"] for batch in made for value in batch.values]


def told(made: list[Batch]) -> list[tuple[str, int | None, int | None]]:
    return [(fault.message_id, fault.line, fault.record) for batch in made for fault in batch.faults]


def test_each_record_has_its_line_offset_and_bytes(tmp_path: Path) -> None:
    text = document([reading(0), reading(1)])
    (batch,) = batches(tmp_path, text)
    assert batch.values == [{"@id": f"r{n}", "station": "s1", "value": 1.5} for n in (0, 1)]
    assert (batch.lines, batch.first, batch.faults) == ([4, 8], 1, ())
    for offset, raw in zip(batch.offsets, batch.raws, strict=True):
        assert text.encode()[offset:].startswith(raw)
        assert record_text(tmp_path / "data.xml", offset) == raw


def test_an_annotation_without_record_is_no_list() -> None:
    assert list_names({"x-xml": {"namespace": "urn:x", "root": "alert"}}) is None


BETWEEN = {
    "a comment that looks like a record": '<!-- <reading id="no"></reading> -->',
    "an instruction": "<?go <reading?>",
    "nothing": "",
    "a record in another namespace": '<reading xmlns="urn:other" id="no"/>',
    "another element": '<end><reading id="no"/></end>',
    "text": "loose",
    "a CDATA section": "<![CDATA[<reading>]]>",
}


@pytest.mark.parametrize("name", BETWEEN)
def test_what_stands_between_records_is_no_record(name: str, tmp_path: Path) -> None:
    made = batches(tmp_path, document([reading(0), BETWEEN[name], reading(1)]))
    assert (ids(made), told(made)) == (["r0", "r1"], [])
    frame = made[-1].frame
    assert frame is not None
    assert frame.outline is not None
    kept = name in ("a record in another namespace", "another element", "text", "a CDATA section")
    assert (BETWEEN[name].encode() in frame.outline.text) == (kept or not BETWEEN[name])


FORMS = {
    "another prefix": f'<x:reading xmlns:x="{NAMESPACE}" id="a"><x:station>s1</x:station></x:reading>',
    "the namespace once more": f'<reading xmlns="{NAMESPACE}" id="a"><station>s1</station></reading>',
    "a default namespace changed inside": '<reading id="a"><station>s1</station><b xmlns="urn:other">1</b></reading>',
    "a greater-than sign in an attribute": '<reading id="a"  note="/>"><station>s1</station></reading>',
    "an empty element": '<reading id="a"/>',
    "a space in the end tag": '<reading id="a"><station>s1</station></reading\n>',
    "an end tag in a comment": '<reading id="a"><!--</reading>--><station>s1</station></reading>',
    "an end tag in CDATA": '<reading id="a"><station><![CDATA[</reading>]]></station></reading>',
    "a record inside": '<reading id="a"><reading id="b"><reading/></reading></reading>',
    "a name that begins alike": '<reading id="a"><readings2/><reading-x></reading-x></reading>',
}


@pytest.mark.parametrize("name", FORMS)
def test_a_record_may_be_written_in_many_ways(name: str, tmp_path: Path) -> None:
    made = batches(tmp_path, document([reading(0), FORMS[name], reading(1)]))
    assert (ids(made), told(made)) == (["r0", "a", "r1"], [])


def test_prefixes_of_the_root_hold_inside(tmp_path: Path) -> None:
    text = f'<p:readings xmlns:p="{NAMESPACE}"><p:reading id="a"><p:station>s1</p:station></p:reading></p:readings>'
    made = batches(tmp_path, text)
    assert made[0].values == [{"@id": "a", "station": "s1"}]
    frame = made[0].frame
    assert frame is not None
    assert locate_in_list(frame, made[0].raws[0], "/station", 1, 1) == (1, "/p:readings/p:reading[1]/p:station")


@pytest.mark.parametrize(("pointer", "line", "path"), [("", 9, ""), ("/value", 11, "/value"), ("./*[2]", 11, "/value")])
def test_a_place_in_a_record_becomes_a_line_and_an_xpath_of_the_file(pointer: str, line: int, path: str) -> None:
    frame = Frame(HEAD.replace("\n", " ").encode(), b"</readings>")
    shown = f"/reading:readings/reading:reading[7]{path and '/reading:' + path[1:]}"
    assert locate_in_list(frame, reading(6).strip().encode(), pointer, 9, 7) == (line, shown)


BROKEN_RECORDS = {
    "a tag that does not match": (reading(1).replace("</value>", "</valeu>"), "xml.malformed", 10),
    "bytes outside UTF-8": (reading(1, "é").encode().replace(b"\xc3", b"\xff"), "read.not_utf8", 10),
    "an undeclared entity": (reading(1, "&no;"), "xml.malformed", 10),
    "an undeclared prefix": (reading(1, "<x:a/>"), "xml.malformed", 10),
    "too deep": (reading(1, "<a>" * 300 + "</a>" * 300), "xml.too_deep", 10),
    "too many attributes": (
        reading(1).replace("<value>", "<value " + " ".join(f'a{i}="1"' for i in range(300)) + ">"),
        "xml.too_many_attributes", 10,
    ),
    "a control character": (reading(1, "\x01"), "xml.malformed", 10),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_RECORDS)
def test_a_broken_record_is_told_with_its_place_and_the_next_one_is_read(name: str, tmp_path: Path) -> None:
    broken, message_id, line = BROKEN_RECORDS[name]
    raw = broken if isinstance(broken, bytes) else broken.encode()
    made = batches(tmp_path, HEAD.encode() + reading(0).encode() + raw + reading(2).encode() + END.encode())
    assert ids(made) == ["r0", None, "r2"]
    assert told(made) == [(message_id, line, 2)]
    assert made[0].raws[1] == b""


ENDS = {
    "an unclosed root": (document([reading(0)], end=""), ["r0"], "xml.unclosed"),
    "an unclosed record": (document([reading(0), '<reading id="x">', reading(1)]), ["r0"], "xml.unclosed"),
    "a cut tag": (document([reading(0), '<reading id="x']), ["r0"], "xml.malformed"),
    "a cut comment": (document([reading(0), "<!-- "]), ["r0"], "xml.malformed"),
    "another end tag": (document([reading(0)], end="</other>"), ["r0"], "xml.malformed"),
    "text after the root": (document([reading(0)]) + "x", ["r0"], "xml.malformed"),
    "a second root": (document([reading(0)]) + "<a/>", ["r0"], "xml.malformed"),
    "an entity between records": (document([reading(0), "&no;"]), ["r0"], "xml.malformed"),
    "a DOCTYPE between records": (document([reading(0), "<!DOCTYPE a>"]), ["r0"], "xml.malformed"),
    "two hyphens in a comment": (document([reading(0), "<!-- -- -->"]), ["r0"], "xml.malformed"),
}


@pytest.mark.parametrize("name", ENDS)
def test_what_is_broken_around_the_records_is_told_outside_any_record(name: str, tmp_path: Path) -> None:
    text, readable, message_id = ENDS[name]
    made = batches(tmp_path, text)
    assert ids(made) == readable
    ((said, line, record),) = told(made)
    assert (said, record) == (message_id, None)
    assert line
    frame = made[-1].frame
    assert frame is not None
    assert frame.outline is None


STARTS = {
    "a DOCTYPE": (f"<!DOCTYPE readings>{document([reading(0)], HEAD.partition(chr(10))[2])}", "xml.doctype"),
    "another root": (document([]).replace("readings", "writings"), "xml.wrong_root"),
    "a broken header": (document([reading(0)], HEAD.replace("Trạm", "<a></b></a>")), "xml.malformed"),
    "an unclosed header": (document([reading(0)], HEAD.replace("</source>", "")), "xml.unclosed"),
    "not XML": ("abc", "xml.malformed"),
    "another encoding": (document([reading(0)]).replace("UTF-8", "UTF-7"), "xml.not_utf8"),
    "a wrong encoding": (document([reading(0)]).replace("UTF-8", "UTF-16"), "xml.not_utf8"),
    "another encoding in fact": (document([reading(0)]).encode("utf-16"), "xml.not_utf8"),
    "too many attributes": (
        document([], HEAD.replace('version="1.0">', " ".join(f'a{i}=""' for i in range(300)) + ' version="1.0">')),
        "xml.too_many_attributes",
    ),
}


@pytest.mark.parametrize("name", STARTS)
def test_a_document_that_cannot_be_begun_is_one_unreadable_record(name: str, tmp_path: Path) -> None:
    text, message_id = STARTS[name]
    made = batches(tmp_path, text)
    assert (ids(made), [said for said, _, _ in told(made)]) == ([None], [message_id])


def test_latin_1_is_read_but_told(tmp_path: Path) -> None:
    made = batches(
        tmp_path, document([reading(0, station="sé")]).replace("UTF-8", "ISO-8859-1").encode("latin-1", "replace")
    )
    assert made[0].values[0]["station"] == "sé"
    assert told(made) == [("xml.not_utf8", 1, 1)]


def test_an_empty_file_and_an_empty_list_have_no_records(tmp_path: Path) -> None:
    assert told(batches(tmp_path, "")) == [("read.empty_file", 1, None)]
    for text in (f'<readings xmlns="{NAMESPACE}"/>', document([])):
        made = batches(tmp_path, text)
        assert (ids(made), told(made)) == ([], [])
        assert made[-1].frame is not None
        assert made[-1].frame.outline is not None


def test_a_header_too_large_to_keep_is_told(tmp_path: Path) -> None:
    made = batches(tmp_path, document([reading(0)], HEAD + "<source>x</source>" * 100_000))
    assert [said for said, _, _ in told(made)] == ["xml.outline_too_large"]


def test_the_outline_keeps_two_of_each_run_and_knows_its_lines(tmp_path: Path) -> None:
    made = batches(tmp_path, document([*map(reading, range(5)), "<end/>\n", *map(reading, range(3))]))
    frame = made[-1].frame
    assert frame is not None
    assert frame.outline is not None
    outline = frame.outline
    assert outline.text.count(b"<reading ") == 4
    assert outline.line_of(outline.text[: outline.text.index(b"<end/>")].count(b"\n") + 1) == 24


def test_ranges_cover_the_document_and_say_how_many_records_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "BATCH_RECORDS", 3)
    text = document([reading(n, more="<!-- x -->\n" * (n % 3)) for n in range(40)] + ["<end/>"]).encode()
    whole = batches(tmp_path, text)
    for size in (1, 200, 1000, 10_000):
        ranges = list(list_ranges(tmp_path / "data.xml", SCHEMA, size))
        assert [end for _, end, _ in ranges[:-1]] == [start for start, _, _ in ranges[1:]]
        parts = [batches(tmp_path, text, start, end) for start, end, _ in ranges]
        assert [i for part in parts for i in ids(part)] == ids(whole)
        before = [sum(len(ids(earlier)) for earlier in parts[:n]) for n in range(len(parts))]
        assert [records for _, _, records in ranges] == before
        ends = [made[-1].frame for made in (whole, parts[-1])]
        texts = [frame.outline.text for frame in ends if frame is not None and frame.outline is not None]
        assert len(texts) == 2
        assert texts[0] == texts[1]
