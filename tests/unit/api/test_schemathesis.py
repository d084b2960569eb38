"""The second tool is run without a secret where others could see it, and read-only unless writing is allowed."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.api.second_tool import StandIn, stand_in
from validator.api.schemathesis import HEADER, Asked, command_of, find_executable, leads_elsewhere, run, shown_command
from validator.api.secret import Secret
from validator.api.tls import Pair, TlsSettings
from validator.errors import UsageError

CANARY = "canary-7f3a91c2d4"
DOCUMENT = {"openapi": "3.1.0", "paths": {}, "servers": [{"url": "https://elsewhere.example"}]}


def asked(tool: StandIn, **more: object) -> Asked:
    made = Asked(
        tool.executable, "https://127.0.0.1:9/vsc/v1", DOCUMENT, 7, False, 50.0, 20.0,
        ("Authorization", Secret(f"Bearer {CANARY}")), TlsSettings(),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def test_no_secret_is_on_the_command_line_or_in_its_file(tmp_path: Path) -> None:
    tool = stand_in(tmp_path)
    ran = run(asked(tool))
    given = tool.given()

    assert CANARY not in " ".join(given["arguments"])
    assert CANARY not in given["config"]
    assert CANARY not in shown_command(ran)
    assert given["environment"][HEADER] == f"Bearer {CANARY}"
    assert f'"Authorization" = "${{{HEADER}}}"' in given["config"]


def test_it_gets_nothing_else_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "CITY_SECRET", "SCHEMATHESIS_HOOKS", "PYTHONPATH"):
        monkeypatch.setenv(name, CANARY)
    tool = stand_in(tmp_path)
    run(asked(tool, header=None))
    environment = tool.given()["environment"]

    assert CANARY not in environment.values()
    assert environment["NO_PROXY"] == "*"
    assert environment["HOME"] != str(Path.home())


def test_only_get_is_asked_for_and_no_other_method_is_tried(tmp_path: Path) -> None:
    tool = stand_in(tmp_path)
    run(asked(tool))
    given = tool.given()

    assert given["arguments"][given["arguments"].index("--include-method") + 1] == "GET"
    assert "unexpected-methods = []" in given["config"]
    assert "auto-signup = false" in given["config"]


def test_all_operations_are_asked_for_where_writing_is_allowed(tmp_path: Path) -> None:
    tool = stand_in(tmp_path)
    run(asked(tool, allow_writes=True))

    assert "--include-method" not in tool.given()["arguments"]
    assert "unexpected-methods" not in tool.given()["config"]


def test_its_document_names_the_address_under_test_alone(tmp_path: Path) -> None:
    tool = stand_in(tmp_path)
    run(asked(tool))

    assert tool.given()["document"]["servers"] == [{"url": "https://127.0.0.1:9/vsc/v1"}]


@pytest.mark.parametrize(("rate", "words"), [(50.0, "50/s"), (2.9, "2/s"), (0.5, "30/m"), (0.001, "1/m")])
def test_its_rate_is_never_above_ours_but_for_one_a_minute(tmp_path: Path, rate: float, words: str) -> None:
    command = command_of(asked(stand_in(tmp_path), rate=rate), tmp_path)

    assert command[command.index("--rate-limit") + 1] == words


def test_it_trusts_what_the_run_trusts(tmp_path: Path) -> None:
    tool, pair = stand_in(tmp_path), Pair(tmp_path / "a.pem", tmp_path / "b.pem")

    def trusted(settings: TlsSettings) -> str:
        command = command_of(asked(tool, tls=settings), tmp_path)
        return command[command.index("--tls-verify") + 1]

    assert trusted(TlsSettings()) == "true"
    assert trusted(TlsSettings(ca=tmp_path / "ca.pem")) == str(tmp_path / "ca.pem")
    assert trusted(TlsSettings(verify=False)) == "false"
    assert str(tmp_path / "b.pem") in command_of(asked(tool, tls=TlsSettings(client=pair)), tmp_path)


def test_one_that_takes_too_long_is_ended_with_what_it_had_written(tmp_path: Path) -> None:
    started = time.monotonic()
    ran = run(asked(stand_in(tmp_path, sleep=60), longest=1.5))

    assert ran.code is None
    assert ran.tally.failures
    assert time.monotonic() - started < 20


def test_one_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    tool = stand_in(tmp_path)
    tool.executable.write_text("#!/nowhere/at/all\n")
    ran = run(asked(tool))

    assert ran.code not in (0, 1)
    assert ran.last_words


def test_its_own_files_are_gone_afterwards(tmp_path: Path) -> None:
    tool = stand_in(tmp_path)
    run(asked(tool))

    assert not Path(tool.given()["environment"]["HOME"]).exists()


@pytest.mark.parametrize("given", ["/no/such/file", "."])
def test_a_path_that_is_no_executable_is_a_wrong_call(given: str) -> None:
    with pytest.raises(UsageError, match=r"usage\.no_schemathesis"):
        find_executable(given)


def test_without_a_path_it_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(UsageError):
        find_executable("")

    assert find_executable(str(stand_in(tmp_path).executable)) == find_executable("")


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"paths": {"/a": {"get": {"$ref": "#/components/x"}}}, "servers": [{"url": "https://b.example"}]}, None),
        ({"paths": {"/a": {"$ref": "http://169.254.169.254/a"}}}, "http://169.254.169.254/a"),
        ({"components": {"schemas": {"a": {"allOf": [{"$ref": "other.json"}]}}}}, "other.json"),
        ({"paths": {"/a": {"get": {"servers": [{"url": "https://b.example"}]}}}}, "servers"),
        ({"components": {"examples": {"a": {"externalValue": "file:///etc/passwd"}}}}, "file:///etc/passwd"),
        ({"components": {"links": {"a": {"operationRef": "https://b.example/#/x"}}}}, "https://b.example/#/x"),
        ({"components": {"schemas": {"a": {"properties": {"servers": {"type": "array"}}}}}}, None),
    ],
)
def test_a_document_that_leads_elsewhere_is_known(document: dict[str, object], place: str | None) -> None:
    assert leads_elsewhere(document) == place


def test_a_document_may_be_nested_deeply_and_hold_large_numbers(tmp_path: Path) -> None:
    tool, nested = stand_in(tmp_path), {"$ref": "#/a"}
    for _ in range(5000):
        nested = {"allOf": nested}  # type: ignore[dict-item]
    run(asked(tool, document={**DOCUMENT, "x-large": 2**70, "x-half": "\ud800"}))

    assert leads_elsewhere(nested) is None
    assert tool.given()["document"]["x-large"] == 2**70
    with pytest.raises(RecursionError):
        run(asked(tool, document=nested))
