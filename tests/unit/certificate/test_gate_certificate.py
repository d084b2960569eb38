"""The gate before a deployment and the badge: what a verified attestation opens, and what closes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.certificate.test_commands import LOG, SIGNING, URL, call, ground, issued, made, passphrase

__all__ = ["ground", "passphrase"]  # fixtures

NEEDED = ("--require", "VSC-ENV@1.0/standard")


def trust(capsys: pytest.CaptureFixture[str]) -> tuple[str, ...]:
    capsys.readouterr()
    assert call("key", "jwks", "key.json", "--controller", URL) == 0
    Path("trust.json").write_text(capsys.readouterr().out, "utf-8")
    return ("--trust", "trust.json", "--log-trust", "reg/tlog-policy")


def test_an_attestation_opens_for_what_it_grants_and_as_long_as_is_asked(
    ground: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made()
    number = issued(ground)
    given = ("--certificate", f"reg/certificates/{number}.json", "--register", "reg", *trust(capsys))

    assert call("gate", *given, *NEEDED, "--min-remaining", "30d", "--offline") == 0
    assert "GATE: OPEN" in capsys.readouterr().out
    assert call("gate", *given, "--require", "VSC-ENV@1.0/basic") == 0
    assert call("gate", *given, "--require", "VSC-ENV@1.0/advanced") == 1
    assert call("gate", *given, "--require", "VSC-ENV@2.0/basic") == 1
    assert call("gate", *given, *NEEDED, "--require", "VSC-BUD@1.0/basic") == 1
    assert call("gate", *given, *NEEDED, "--min-remaining", "366d") == 1
    assert call("gate", *given, *NEEDED, "--object-version", "0.0.0") == 1
    assert "not 0.0.0" in capsys.readouterr().out
    assert call("certificate", "suspend", number, *SIGNING, *LOG, "--reason", "x") == 0
    assert call("gate", *given, *NEEDED) == 5
    assert "GATE: CLOSED, REFUSED" in capsys.readouterr().out


def test_a_bundle_opens_only_with_keys_that_are_known(ground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made()
    number = issued(ground)
    known = trust(capsys)
    assert call("certificate", "bundle", number, "--register", "reg", "--out", "b.json") == 0

    assert call("gate", "--certificate", "b.json", *NEEDED, *known) == 0
    assert call("gate", "--certificate", "b.json", *NEEDED) == 3
    assert call("gate", "--certificate", f"reg/certificates/{number}.json", *NEEDED, *known, "--offline") == 3
    assert call("gate", "--certificate", f"reg/certificates/{number}.json", *NEEDED, *known) == 5


def test_a_demonstration_opens_nothing(ground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made("--demo")
    number = issued(ground)
    given = ("--certificate", f"reg/certificates/{number}.json", "--register", "reg")

    assert call("gate", *given, *NEEDED) == 1
    assert "DEMO: an attestation by a demonstration key" in capsys.readouterr().out
    assert call("certificate", "badge", given[1], *given[2:]) == 0
    assert json.loads(capsys.readouterr().out)["message"].startswith("DEMO")


@pytest.mark.parametrize(
    "wrong", [(), NEEDED, (*NEEDED, "--min-remaining", "soon"), ("--require", "VSC-ENV"), (*NEEDED, "report.json")]
)
def test_wrong_calls_exit_2(ground: Path, wrong: tuple[str, ...]) -> None:
    made()
    number = issued(ground)
    given = ("--certificate", f"reg/certificates/{number}.json", *(("--register", "reg") if len(wrong) != 2 else ()))

    assert call("gate", *given, *wrong) == 2
    assert call("gate") == 2


@pytest.mark.parametrize(("event", "said"), [("suspend", "suspended"), ("revoke", "revoked"), (None, "conformant")])
def test_a_badge_says_what_was_found(
    ground: Path, capsys: pytest.CaptureFixture[str], event: str | None, said: str
) -> None:
    made()
    number = issued(ground)
    if event:
        assert call("certificate", event, number, *SIGNING, *LOG, "--reason", "x") == 0
    given = (f"reg/certificates/{number}.json", "--register", "reg")
    capsys.readouterr()
    code = call("certificate", "badge", *given)
    told = json.loads(capsys.readouterr().out)

    assert (code, told["message"], told["isError"]) == (5 if event else 0, said, said == "revoked")
    assert told["label"] == "Liên thông VSC-ENV 1.0"
    call("certificate", "badge", *given, "--format", "svg", "--out", "badge.svg")
    assert said in Path("badge.svg").read_text("utf-8")


def test_a_badge_of_what_is_no_attestation_or_is_over_says_so(ground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made()
    number = issued(ground)
    content = Path(f"reg/certificates/{number}.json").read_text("utf-8")
    Path("changed.json").write_text(content.replace("1 Trần Phú", "2 Trần Phú"), "utf-8")
    until = json.loads(content)["validUntil"].replace("-11-", "-12-")
    capsys.readouterr()
    call("certificate", "badge", "changed.json", "--register", "reg")
    changed = json.loads(capsys.readouterr().out)
    call("certificate", "badge", f"reg/certificates/{number}.json", "--register", "reg", "--at", until)

    assert changed["message"] == "not valid"
    assert json.loads(capsys.readouterr().out)["message"] == "expired"
