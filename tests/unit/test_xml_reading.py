"""XML documents become records, and hostile ones are refused with a place."""

from pathlib import Path
from typing import Any

import pytest

from validator import xml_document
from validator.model.record import UNREADABLE, Batch
from validator.observe.xml import read_xml
from validator.observe.xml_places import locate_xml

NAMESPACE = "urn:example:alert"
SCHEMA: dict[str, Any] = {
    "x-xml": {"namespace": NAMESPACE, "root": "alert"},
    "type": "object",
    "properties": {
        "identifier": {"type": "string"},
        "count": {"type": "integer"},
        "height": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "urgent": {"type": "boolean"},
        "code": {"type": "array", "items": {"type": "string"}},
        "info": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "event": {"type": "string"},
                    "area": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"polygon": {"type": "array", "items": {"type": "string"}}},
                        },
                    },
                },
            },
        },
    },
}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def read(tmp_path: Path, raw: bytes | str) -> Batch:
    path = tmp_path / "alert.xml"
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    (batch,) = read_xml(path, "data/alert.xml", SCHEMA)
    return batch


def alert(inner: str) -> str:
    return f'{HEAD}<alert xmlns="{NAMESPACE}">{inner}</alert>'


def fault(batch: Batch) -> tuple[str, str]:
    (found,) = batch.faults
    return found.aspect, found.message_id


def test_a_document_is_one_record_shaped_by_the_schema(tmp_path: Path) -> None:
    batch = read(
        tmp_path,
        alert(
            "<identifier> A-1 </identifier><count>3</count><height>1.5</height><urgent>true</urgent>"
            "<code>x</code><info><event>Bão</event><area><polygon>1,2</polygon></area></info>"
        ),
    )
    assert batch.values == [
        {
            "identifier": "A-1", "count": 3, "height": 1.5, "urgent": True, "code": ["x"],
            "info": [{"event": "Bão", "area": [{"polygon": ["1,2"]}]}],
        }
    ]  # fmt: skip
    assert (batch.file, batch.first, batch.lines, batch.offsets, batch.faults) == ("data/alert.xml", 1, [2], [0], ())
    assert batch.raws[0].startswith(b"<?xml")


def test_a_prefix_changes_nothing(tmp_path: Path) -> None:
    batch = read(tmp_path, f'<c:alert xmlns:c="{NAMESPACE}"><c:identifier>A</c:identifier></c:alert>')
    assert batch.values == [{"identifier": "A"}]


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("<count>three</count>", {"count": "three"}),
        ("<count>1.0</count>", {"count": "1.0"}),
        ("<height>1,5</height>", {"height": "1,5"}),
        ("<urgent>yes</urgent>", {"urgent": "yes"}),
        ("<identifier/>", {"identifier": ""}),
    ],
)
def test_what_does_not_parse_stays_text_for_the_schema_to_refuse(
    tmp_path: Path, element: str, value: dict[str, Any]
) -> None:
    assert read(tmp_path, alert(element)).values == [value]


def test_unknown_and_repeated_elements_are_kept(tmp_path: Path) -> None:
    batch = read(tmp_path, alert("<identifier>A</identifier><identifier>B</identifier><extra><x>1</x></extra>"))
    assert batch.values == [{"identifier": ["A", "B"], "extra": {"x": "1"}}]


def test_another_namespace_is_shown_in_the_key(tmp_path: Path) -> None:
    assert read(tmp_path, alert('<b xmlns="urn:other">1</b>')).values == [{"{urn:other}b": "1"}]


def test_attributes_and_mixed_text_are_kept_beside_children(tmp_path: Path) -> None:
    batch = read(tmp_path, alert('<info lang="vi" xml:lang="vi">loose<event>Bão</event></info>'))
    assert batch.values == [{"info": [{"@lang": "vi", "event": "Bão", "#text": "loose"}]}]


def test_comments_cdata_and_instructions_do_not_cut_text(tmp_path: Path) -> None:
    batch = read(tmp_path, alert("<identifier>A<!-- x -->-<?go on?><![CDATA[<1>]]></identifier>"))
    assert batch.values == [{"identifier": "A-<1>"}]


def test_a_signature_is_no_part_of_the_record(tmp_path: Path) -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature>'
    assert read(tmp_path, alert("<identifier>A</identifier>" + signature)).values == [{"identifier": "A"}]


def test_another_root_is_not_read(tmp_path: Path) -> None:
    batch = read(tmp_path, alert("").replace(NAMESPACE, "urn:example:older"))
    assert batch.values == [UNREADABLE]
    assert fault(batch) == ("root", "xml.wrong_root")
    assert dict(batch.faults[0].params)["found"] == "{urn:example:older}alert"


def test_malformed_xml_is_told_with_line_and_column(tmp_path: Path) -> None:
    batch = read(tmp_path, alert("\n<identifier>A</identifer>"))
    assert batch.values == [UNREADABLE]
    assert fault(batch) == ("syntax", "xml.malformed")
    assert (batch.faults[0].line, batch.faults[0].record) == (3, 1)
    assert batch.faults[0].column
    assert "identifer" in dict(batch.faults[0].params)["reason"]


@pytest.mark.parametrize("cut", range(40, 110, 7))
def test_a_truncated_document_is_malformed(tmp_path: Path, cut: int) -> None:
    whole = alert("<identifier>A</identifier><info><event>Bão</event></info>").encode()
    assert fault(read(tmp_path, whole[:cut]))[1] == "xml.malformed"


def test_an_empty_file_has_no_record(tmp_path: Path) -> None:
    batch = read(tmp_path, b"")
    assert batch.values == []
    assert fault(batch) == ("syntax", "read.empty_file")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE alert SYSTEM "http://127.0.0.1:9/evil.dtd">',
        '<!-- a --><?b c?>\n<!DOCTYPE alert [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
        "<!DOCTYPE alert>",
    ],
)
def test_a_doctype_is_refused(tmp_path: Path, doctype: str) -> None:
    text = HEAD + doctype + f'<alert xmlns="{NAMESPACE}"><identifier>A</identifier></alert>'
    batch = read(tmp_path, text)
    assert batch.values == [UNREADABLE]
    assert fault(batch) == ("syntax", "xml.doctype")


def test_a_doctype_in_utf_16_is_refused(tmp_path: Path) -> None:
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><alert xmlns="{NAMESPACE}"/>'
    batch = read(tmp_path, text.encode("utf-16"))
    assert batch.values == [UNREADABLE]
    assert [f.message_id for f in batch.faults] == ["xml.not_utf8", "xml.doctype"]


def test_a_billion_laughs_are_never_expanded(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    batch = read(tmp_path, f'{HEAD}<!DOCTYPE a [<!ENTITY l0 "ha">{entities}]><a>&l11;</a>')
    assert fault(batch) == ("syntax", "xml.doctype")


def test_xinclude_is_never_processed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    include = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
    batch = read(tmp_path, alert(f"<identifier>{include}</identifier>"))
    assert "secret'" not in repr(batch.values)
    assert list(batch.values[0]["identifier"]) == ["{http://www.w3.org/2001/XInclude}include"]


def test_too_many_attributes_are_refused(tmp_path: Path) -> None:
    attributes = " ".join(f'a{i}="1"' for i in range(16_000))
    assert fault(read(tmp_path, alert(f"<info {attributes}/>"))) == ("size", "xml.too_many_attributes")


def test_256_attributes_are_read(tmp_path: Path) -> None:
    attributes = " ".join(f'a{i}="1"' for i in range(xml_document.MAX_ATTRIBUTES))
    assert len(read(tmp_path, alert(f"<info {attributes}/>")).values[0]["info"][0]) == xml_document.MAX_ATTRIBUTES


@pytest.mark.parametrize("depth", [xml_document.MAX_DEPTH, 1_000, 50_000])
def test_deep_nesting_is_refused(tmp_path: Path, depth: int) -> None:
    assert fault(read(tmp_path, alert("<a>" * depth + "</a>" * depth))) == ("depth", "xml.too_deep")


def test_nesting_at_the_limit_is_read(tmp_path: Path) -> None:
    depth = xml_document.MAX_DEPTH - 1
    assert read(tmp_path, alert("<a>" * depth + "</a>" * depth)).faults == ()


def test_a_document_beyond_the_size_limit_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_document, "MAX_BYTES", 50)
    batch = read(tmp_path, alert("<identifier>A</identifier>"))
    assert (fault(batch), batch.raws) == (("size", "xml.too_large"), [b""])


def test_a_document_of_too_many_tags_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_document, "MAX_TAGS", 5)
    assert fault(read(tmp_path, alert("<code>1</code>" * 3))) == ("size", "xml.too_many_tags")


def test_latin_1_is_read_but_told(tmp_path: Path) -> None:
    text = alert("<identifier>é</identifier>").replace("UTF-8", "ISO-8859-1")
    batch = read(tmp_path, text.encode("latin-1"))
    assert batch.values == [{"identifier": "é"}]
    assert fault(batch) == ("encoding", "xml.not_utf8")
    assert dict(batch.faults[0].params) == {"encoding": "ISO-8859-1"}


def test_bytes_outside_utf_8_are_told_once_with_their_place(tmp_path: Path) -> None:
    batch = read(tmp_path, alert("\n<identifier>é</identifier>").encode("latin-1"))
    assert batch.values == [UNREADABLE]
    assert fault(batch) == ("encoding", "read.not_utf8")
    assert (batch.faults[0].line, batch.faults[0].column) == (3, 13)


def test_a_bom_is_told_and_the_document_read(tmp_path: Path) -> None:
    batch = read(tmp_path, b"\xef\xbb\xbf" + alert("<identifier>A</identifier>").encode())
    assert (batch.values, fault(batch)) == ([{"identifier": "A"}], ("bom", "read.bom"))


RAW = alert("\n<info><area/>\n<area><polygon>1,2</polygon>\n<polygon>3,4</polygon></area></info>\n<info/>").encode()


@pytest.mark.parametrize(
    ("pointer", "line", "xpath"),
    [
        ("", 2, "/alert:alert"),
        ("/info/0", 3, "/alert:alert/alert:info[1]"),
        ("/info/1", 6, "/alert:alert/alert:info[2]"),
        ("/info/0/area/1/polygon", 4, "/alert:alert/alert:info[1]/alert:area[2]/alert:polygon"),
        ("/info/0/area/1/polygon/1", 5, "/alert:alert/alert:info[1]/alert:area[2]/alert:polygon[2]"),
        ("/info/1/event", 6, "/alert:alert/alert:info[2]/alert:event"),
        ("/info/7/event", 2, "/alert:alert/alert:info[8]/alert:event"),
        ("/info/0/@lang", 3, "/alert:alert/alert:info[1]/@lang"),
        ("/alert:alert/alert:info[2]", 6, "/alert:alert/alert:info[2]"),
    ],
)
def test_a_pointer_becomes_a_line_and_an_xpath(pointer: str, line: int, xpath: str) -> None:
    assert locate_xml(RAW, pointer) == (line, xpath)


def test_a_place_in_an_unreadable_document_stays_as_it_is() -> None:
    assert locate_xml(b"<a>", "/x") == (None, "/x")


def test_the_documents_own_prefix_is_used() -> None:
    raw = f'<c:alert xmlns:c="{NAMESPACE}"><c:code>1</c:code></c:alert>'.encode()
    assert locate_xml(raw, "/code/0") == (1, "/c:alert/c:code[1]")
