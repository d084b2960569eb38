"""PDF/A-3a and PDF/UA-1 hold when typst has set a page, when fields were reserved in it, and when it was signed."""

from __future__ import annotations

import io
import re
from functools import cache

import page as standards
import pikepdf
import pytest

from tests.unit.sample_live import sample_live
from tests.unit.sample_report import sample_report
from tests.unit.test_certificate_pdf import PROOF, page_of
from tests.unit.test_pades import Level, issued, sample_credential, signed
from validator.certificate.pades_fields import reserve
from validator.report import pdf

HIDDEN, PRINT = 2, 4


@cache
def document(name: str) -> bytes:
    if name.startswith("report"):
        return pdf.render(sample_live() if "live" in name else sample_report(), "vi")
    if name == "with proof":
        return reserve(page_of(sample_credential(), proof=PROOF))
    return issued() if name == "reserved" else signed("rsa", Level(name))


CERTIFICATES = ["reserved", "with proof", *(level.value for level in Level)]
ALL = ["report", "report of a live run", *CERTIFICATES]


def opened(name: str) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(document(name)))


def broken_rules(name: str, profile: str) -> list[str]:
    return [failure.rule_id for failure in standards.validate_pdf_bytes(document(name), profile=profile).failures]


@pytest.mark.parametrize("name", ALL)
def test_every_rule_of_pdf_ua_1_holds(name: str) -> None:
    assert broken_rules(name, "ua1") == []


@pytest.mark.parametrize("name", ALL)
def test_every_rule_of_pdf_a_3a_holds(name: str) -> None:
    """But that a signature cover the whole file, which none can that another or a time stamp follows."""
    followed = ["PDFA3A-SIGNATURE-BYTERANGE-001"] if name == "B-LTA" else []

    assert broken_rules(name, "3a") == followed


@pytest.mark.parametrize("name", ALL)
def test_both_standards_are_declared_beside_an_output_intent_with_its_profile(name: str) -> None:
    with opened(name) as made:
        xmp = made.Root.Metadata.read_bytes().decode()
        (intent,) = made.Root.OutputIntents

        assert re.search(r"pdfaid:part(=\"|>)3\b", xmp)
        assert re.search(r"pdfaid:conformance(=\"|>)A\b", xmp)
        assert re.search(r"pdfuaid:part(=\"|>)1\b", xmp)
        assert intent.S == "/GTS_PDFA1"
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        assert not made.is_encrypted


@pytest.mark.parametrize("name", ALL)
def test_document_is_tagged_and_says_its_language_and_title(name: str) -> None:
    with opened(name) as made:
        assert made.Root.MarkInfo.Marked
        assert made.Root.Lang == "vi"
        assert made.Root.ViewerPreferences.DisplayDocTitle
        assert made.Root.StructTreeRoot.ParentTree is not None
        assert made.docinfo.Title
        for page in made.pages:
            assert "/StructParents" in page
            assert "/Annots" not in page or page.Tabs == "/S"


@pytest.mark.parametrize("name", ALL)
def test_every_font_is_embedded_with_its_letters_and_nothing_runs(name: str) -> None:
    with opened(name) as made:
        fonts = [
            thing for thing in made.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font"
        ]
        described = [thing for thing in made.objects
                     if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"]  # fmt: skip

        assert all("/ToUnicode" in font for font in fonts if font.Subtype == "/Type0")
        assert described
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()) for font in described)
        assert not {"/OpenAction", "/AA"} & set(made.Root.keys())
        assert not any(
            isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/JavaScript" for thing in made.objects
        )


@pytest.mark.parametrize("name", CERTIFICATES)
def test_attached_files_say_how_they_belong_to_the_page(name: str) -> None:
    with opened(name) as made:
        files = list(made.Root.AF)

        relations = {str(file.UF): str(file.AFRelationship) for file in files}
        assert relations["certificate.json"] == "/Source"
        assert relations.get("certificate.tlog-proof", "/Supplement") == "/Supplement"
        assert all(file.EF.F.Subtype in ("/application/vc", "/text/plain") and file.Desc for file in files)
        assert sorted(made.attachments) == sorted(relations)


@pytest.mark.parametrize("name", CERTIFICATES)
def test_every_field_has_a_name_to_be_read_out_and_lies_outside_the_page_but_is_not_hidden(name: str) -> None:
    """A widget outside the crop box needs no place in the structure tree (ISO 14289-1, 7.18.1)."""
    with opened(name) as made:
        widgets = [widget for page in made.pages for widget in page.get("/Annots", [])]
        fields = list(made.Root.AcroForm.Fields)

        assert len(widgets) == len(fields) == (3 if name == "B-LTA" else 2)
        for field in fields:
            assert " / " in str(field.TU)
            assert field.F & PRINT
            assert not field.F & HIDDEN
            assert max(map(float, field.Rect)) < 0
            assert field.Rect[0] == field.Rect[2]


@pytest.mark.parametrize("level", [level.value for level in Level])
def test_signing_leaves_metadata_pages_and_structure_byte_for_byte(level: str) -> None:
    with opened("reserved") as before, opened(level) as after:
        assert after.Root.Metadata.read_raw_bytes() == before.Root.Metadata.read_raw_bytes()
        assert dict(after.docinfo.items()) == dict(before.docinfo.items())
        assert [p.Contents.read_raw_bytes() for p in after.pages] == [p.Contents.read_raw_bytes() for p in before.pages]
        assert after.Root.StructTreeRoot.unparse() == before.Root.StructTreeRoot.unparse()
