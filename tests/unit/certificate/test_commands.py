"""The certificate's whole life from the command line, without network, by exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.certificate.grounds import Json
from validator.cli.main import main
from validator.report.digest import render
from validator.resources import data_folder
from validator.run import Options, validate

PASSPHRASE = "mật khẩu đủ dài"
URL = "https://dang-ky.example/lienthong"
SIGNING = ("--register", "reg", "--key", "key.json")
LOG = ("--log-key", "log.pem")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of today, as `lienthong validate` writes it."""
    path = tmp_path_factory.mktemp("ground") / "report.json"
    folder = data_folder("standards") / "env" / "1.0" / "examples" / "main"
    path.write_text(render(validate(folder, Options())), "utf-8")
    return path


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIENTHONG_KEY_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    monkeypatch.chdir(tmp_path)


def call(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def made(*key_options: str) -> None:
    """A key, a register of it and its public keys apart."""
    assert call("key", "new", "--out", "key.json", *key_options) == 0
    register = (*SIGNING, *LOG)
    issuer = ("--url", URL, "--name", "Phòng thử", "--address", "1 Trần Phú", "--role", "third")
    assert call("certificate", "init", *register, *issuer) == 0


def issued(ground: Path) -> str:
    given = (*SIGNING, *LOG, "--standard", "VSC-ENV", "--class", "standard")
    assert call("certificate", "issue", ground, *given) == 0
    return next(Path("reg/certificates").glob("*.json")).stem


def test_issue_suspend_reinstate_and_revoke_are_seen_by_verify(
    ground: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made()
    capsys.readouterr()
    assert call("key", "jwks", "key.json", "--controller", URL) == 0
    Path("trust.json").write_text(capsys.readouterr().out, "utf-8")
    number = issued(ground)
    verify = (
        "certificate",
        "verify",
        f"reg/certificates/{number}.json",
        "--register",
        "reg",
        "--trust",
        "trust.json",
        "--log-trust",
        "reg/tlog-policy",
    )
    codes = [call(*verify)]
    for event in ("suspend", "reinstate", "revoke"):
        changed = call("certificate", event, number, *SIGNING, *LOG, "--reason", "thử lại")
        codes += [changed, call(*verify)]

    assert codes == [0, 0, 5, 0, 0, 0, 5]
    assert capsys.readouterr().out.splitlines()[-1] == f"RESULT: REFUSED – {number}"
    assert call("certificate", "status", number, "--register", "reg", "--lang", "vi") == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{number}: đã bị thu hồi"


def test_every_output_of_a_demo_key_says_demo(ground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made("--demo")
    assert capsys.readouterr().out.count("DEMO") >= 3
    number = issued(ground)
    file, register = f"reg/certificates/{number}.json", ("--register", "reg")
    for command in (
        ("key", "show", "key.json"),
        ("certificate", "verify", file, *register),
        ("certificate", "status", number, *register),
        ("certificate", "suspend", number, *SIGNING, *LOG, "--reason", "x"),
        ("certificate", "verify", file, *register),
        ("certificate", "refresh", *SIGNING),
        ("certificate", "proofs", *register),
        ("certificate", "bundle", number, *register, "--out", "b.json"),
        ("certificate", "audit", *register),
        ("certificate", "badge", file, *register),
    ):
        capsys.readouterr()
        call(*command)
        assert "DEMO" in capsys.readouterr().out.replace(number, "")


def test_a_stale_list_refuses_and_offline_leaves_it_unknown(ground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made()
    number = issued(ground)
    certificate = json.loads(Path(f"reg/certificates/{number}.json").read_bytes())
    later = certificate["credentialSubject"]["surveillanceDue"]
    verify = ("certificate", "verify", f"reg/certificates/{number}.json", "--register", "reg", "--at", later)

    assert call(*verify) == 5
    assert call(*verify, "--offline") == 3
    assert " d " in capsys.readouterr().out
    assert call("certificate", "refresh", "--register", "reg", "--key", "key.json") == 0


def test_a_refused_certificate_names_every_reason_and_exits_by_the_worst(
    ground: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made()
    given = (*SIGNING, *LOG, "--standard", "VSC-ENV")
    assert call("certificate", "issue", ground, *given, "--class", "advanced") == 2
    assert "class advanced was not claimed" in capsys.readouterr().err
    report: Json = json.loads(ground.read_bytes())
    report["summary"]["verdict"] = "inconclusive"
    Path("changed.json").write_text(json.dumps(report), "utf-8")

    assert call("certificate", "issue", "changed.json", *given, "--class", "basic") == 5
    assert not list(Path("reg").glob("certificates/*"))


def test_a_passphrase_comes_from_the_environment_or_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("secret").write_text(PASSPHRASE + "\n", "utf-8")
    monkeypatch.delenv("LIENTHONG_KEY_PASSPHRASE")

    assert call("key", "new", "--out", "key.json") == 2
    assert call("key", "new", "--out", "key.json", "--passphrase-file", "secret") == 0
    assert call("key", "new", "--out", "key.json", "--passphrase-file", "secret") == 2
    assert call("key", "new", "--out", "other.json", "--passphrase-file", "none") == 2
    assert call("key", "new", "--out", "other.json", "--passphrase", PASSPHRASE) == 2


def test_rotating_goes_on_with_the_new_key(ground: Path) -> None:
    made()
    number = issued(ground)
    assert call("key", "new", "--out", "new.json") == 0
    assert call("certificate", "rotate", "--register", "reg", "--key", "key.json", "--to", "new.json") == 0
    assert call("certificate", "verify", f"reg/certificates/{number}.json", "--register", "reg") == 0


def test_wrong_calls_are_told_and_exit_2(ground: Path) -> None:
    made()

    assert call("certificate", "verify", "none.json", "--register", "reg") == 2
    assert call("certificate", "verify", ground) == 2
    assert call("certificate", "status", "LT-2026-00000000", "--register", "reg") == 2
    assert call("certificate", "status", "x", "--register", "nowhere") == 2
    assert call("key", "show", ground) == 2
    assert call("key", "jwks", "key.json", "--did") == 2
    assert call("key", "jwks", "key.json", "--did", "--controller", "did:web:dang-ky.example") == 0


def test_a_report_is_no_certificate(ground: Path) -> None:
    made()

    assert call("certificate", "verify", ground, "--register", "reg") == 5


def test_a_certificate_can_be_bound_to_the_evidence_that_its_report_comes_out_of_again(
    ground: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = data_folder("standards") / "env" / "1.0" / "examples" / "main"
    assert call("validate", folder, "--out", "out", "--bundle", "bundle", "--with-data") == 0
    made()
    given = (*SIGNING, *LOG, "--standard", "VSC-ENV", "--class", "standard", "--bundle", "bundle")

    assert call("certificate", "issue", ground, *given) == 5
    assert "evidence of another report" in capsys.readouterr().err
    assert call("certificate", "issue", "out/report.json", *given) == 0
    (path,) = Path("reg/certificates").glob("*.json")
    stated = json.loads(path.read_bytes())["credentialSubject"]["report"]["evidenceDigest"]
    assert stated == json.loads(Path("bundle/bundle.json").read_bytes())["digest"]
    verify = ("certificate", "verify", path, "--register", "reg")
    assert call(*verify, "--report", "out/report.json", "--bundle", "bundle") == 0
    assert call(*verify, "--report", ground) == 5
    data = next(Path("bundle/data").iterdir())
    data.write_bytes(data.read_bytes() + b" ")
    assert call(*verify, "--bundle", "bundle") == 5
    assert call("certificate", "issue", "out/report.json", *given) == 5
    assert len(list(Path("reg/certificates").iterdir())) == 1


def test_a_report_is_signed_for_policy_engines_and_verified(ground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made("--demo")
    assert call("report", "sign", ground, "--key", "key.json", "--out", "report.dsse.json") == 0
    capsys.readouterr()
    assert call("report", "verify", "report.dsse.json", "--trust", "reg/keys.json") == 0
    told = capsys.readouterr().out
    assert "DEMO" in told
    assert "PASSED for" in told or "WARNED for" in told
    content = Path("report.dsse.json").read_text("utf-8")
    Path("changed.json").write_text(content.replace('"payload": "e', '"payload": "f'), "utf-8")
    assert call("report", "verify", "changed.json", "--trust", "reg/keys.json") == 5
    assert call("report", "verify", "report.dsse.json", "--trust", ground) == 2


def test_conditions_are_part_of_what_is_signed(ground: Path) -> None:
    made()
    given = (*SIGNING, *LOG, "--standard", "VSC-ENV", "--class", "basic", "--condition", "Chỉ cho trạm cố định")
    assert call("certificate", "issue", ground, *given) == 0
    (path,) = Path("reg/certificates").glob("*.json")

    assert json.loads(path.read_bytes())["credentialSubject"]["conditions"] == ["Chỉ cho trạm cố định"]


def test_witnesses_are_asked_for_and_sign(
    ground: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From two witnesses' keys to a certificate that is valid only once both have signed the log."""
    monkeypatch.setenv("LIENTHONG_LOG_PASSPHRASE", PASSPHRASE)
    made()
    number = issued(ground)
    names = ("w.example/a", "w.example/b")
    capsys.readouterr()
    for name in names:
        assert call("log", "witness", "--name", name, "--key", f"{name[-1]}.pem") == 0
    asked = [option for vkey in capsys.readouterr().out.split() for option in ("--witness", vkey)]
    assert call("certificate", "witnesses", "--register", "reg", *asked, "--quorum", "3") == 2
    assert call("certificate", "witnesses", "--register", "reg", *asked, "--quorum", "2") == 0
    verify = ("certificate", "verify", f"reg/certificates/{number}.json", "--register", "reg")
    assert call(*verify) == 5
    assert "Too few witnesses" in capsys.readouterr().out
    log_key = next(line for line in Path("reg/tlog-policy").read_text("utf-8").split("\n")).removeprefix("log ")
    for name in names:
        own = ("--name", name, "--key", f"{name[-1]}.pem", "--memory", f"{name[-1]}.seen")
        assert call("log", "cosign", "reg/log", *own, "--log-key", log_key, "--out", "line") == 0
        assert call("log", "checkpoint", "reg/log", "--key", "log.pem", "--cosignature", "line", *asked) == 0
    assert call("certificate", "proofs", "--register", "reg") == 0
    assert call(*verify) == 0
    assert "witnessed by w.example/a, w.example/b" in capsys.readouterr().out
    assert call("certificate", "audit", "--register", "reg") == 0
