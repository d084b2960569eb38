"""XML meant to read files, to call out, or to grow: refused with a finding, and nothing leaks."""

import shutil
from pathlib import Path

import pytest

from tests.submissions import assert_told_well, run_apart, validate
from validator.resources import data_folder

ALERTS = data_folder("standards") / "alr" / "1.0" / "examples" / "unsigned"
PLAIN = (ALERTS / "alerts" / "flood-1.xml").read_text(encoding="utf-8")
HEAD, BODY = PLAIN.split("\n", 1)
EVENT = "<event>Tin ngập lụt</event>"
SECRET = "bi-mat-cua-may"


def entities(levels: int) -> str:
    steps = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, levels))
    return f'<!DOCTYPE alert [<!ENTITY e0 "lol">{steps}]>'


CASES = {
    "external entity": f'<!DOCTYPE alert [<!ENTITY x SYSTEM "file://@">]>{BODY}'.replace(EVENT, "<event>&x;</event>"),
    "external entity by network": f'<!DOCTYPE alert [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]>{BODY}',
    "external DTD": f'<!DOCTYPE alert SYSTEM "file://@">{BODY}',
    "parameter entity": f'<!DOCTYPE alert [<!ENTITY % x SYSTEM "file://@"> %x;]>{BODY}',
    "entity expansion": entities(10) + BODY.replace(EVENT, "<event>&e9;</event>"),
    "quadratic expansion": f'<!DOCTYPE alert [<!ENTITY a "{"a" * 50_000}">]>'
    + BODY.replace(EVENT, f"<event>{'&a;' * 50_000}</event>"),
    "plain DOCTYPE": f"<!DOCTYPE alert>{BODY}",
    "DOCTYPE after comments": f"<!-- {'-x' * 1000} --><?pi x?><!DOCTYPE alert>{BODY}",
    "XInclude": BODY.replace(
        EVENT, '<event><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://@" parse="text"/></event>'
    ),
    "schema location": BODY.replace(
        "<alert ", '<alert xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:schemaLocation="a file://@" '
    ),
    "style sheet": f'<?xml-stylesheet type="text/xsl" href="file://@"?>{BODY}'.replace("<scope>", "<scope>x"),
    "deep nesting": "<a>" * 100_000 + "</a>" * 100_000,
    "many attributes": "<alert " + " ".join(f"a{i}='x'" for i in range(10_000)) + "/>",
    "a long name": f"<{'a' * 1_000_000}/>",
    "undeclared entity": BODY.replace(EVENT, "<event>&nothing;</event>"),
    "not XML": "abc",
    "empty": "",
    "two roots": BODY + BODY,
    "truncated": BODY[:500],
    "NUL": BODY.replace(EVENT, "<event>a\0b</event>"),
}


@pytest.fixture
def alerts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ALERTS, tmp_path / "alerts"))


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_document_is_a_finding_and_nothing_leaks(name: str, alerts: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    (alerts / "alerts" / "flood-1.xml").write_text(
        HEAD + "\n" + CASES[name].replace("@", str(secret)), encoding="utf-8"
    )
    ran = validate(alerts)

    assert_told_well(ran)
    assert SECRET not in ran.out
    assert len(ran.told) >= 2 or ran.told != {"intake.digest"}
    assert ran.seconds < 60


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-7", "latin-1"])
def test_another_encoding_is_a_finding(encoding: str, alerts: Path) -> None:
    text = PLAIN.replace("UTF-8", encoding.upper())
    (alerts / "alerts" / "flood-1.xml").write_bytes(text.encode(encoding, "xmlcharrefreplace"))
    ran = validate(alerts)

    assert_told_well(ran)
    assert "VSC-CORE-R01" in ran.failed


def test_a_gigabyte_of_xml_is_not_read(alerts: Path) -> None:
    with (alerts / "alerts" / "flood-1.xml").open("r+b") as stream:
        stream.truncate(2**30)
    ran = run_apart("validate", alerts, "--format", "json", timeout=120)

    assert_told_well(ran)
    assert ran.peak_mib < 700
