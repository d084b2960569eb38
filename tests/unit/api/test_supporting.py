"""What a second tool says stands in the report apart, holds no secret, and changes nothing else in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.reference_sut.access import MAIN
from fixtures.reference_sut.running import Running, running
from tests.unit.api.second_tool import RECORDED, stand_in
from validator.api import schemathesis
from validator.api.opening import LiveOptions
from validator.cli.main import main
from validator.live import examine_live
from validator.model.standard import ConformanceClass
from validator.report import RENDERERS
from validator.report.load import parse_report

OWN = ("supporting", "started_at", "finished_at", "evidence", "requests", "requests_digest")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as found:
        yield found


def report(server: Running, folder: Path, tool: Path | None, name: str = "basic") -> dict[str, Any]:
    options = LiveOptions(
        auth=server.auth_file, rate=180.0, conformance_class=ConformanceClass(name), standards=("VSC-API",),
        schemathesis=tool,
    )  # fmt: skip
    folder.mkdir()
    return examine_live(server.base_url, options, folder)


def judged(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Results without the exchanges that they rest on, and without how often a busy server had to be asked."""
    return [
        {
            **r,
            "findings": [{**f, "evidence": None} for f in r["findings"]],
            "assertions": [{**a, "requests": None} for a in r.get("assertions", ())],
        }
        for r in results
    ]


@pytest.fixture(scope="module")
def both(server: Running, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("both")
    tool = stand_in(folder).executable
    return report(server, folder / "a", None, "standard"), report(server, folder / "b", tool, "standard")


def test_results_and_verdicts_are_the_same_with_and_without(
    both: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    alone, accompanied = both

    assert "supporting" not in alone["live"]
    assert accompanied["live"]["supporting"]["findings_count"] == 3
    assert judged(accompanied["results"]) == judged(alone["results"])
    for part in ("verdicts", "summary", "not_tested"):
        assert accompanied[part] == alone[part]
    assert {k: v for k, v in accompanied["live"].items() if k not in OWN} == {
        k: v for k, v in alone["live"].items() if k not in OWN
    }


def test_every_rendering_says_that_it_decides_nothing(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    for lang, sentence in (("vi", "Chỉ là bằng chứng bổ trợ"), ("en", "Supporting evidence only")):
        for form in ("html", "text"):
            render = RENDERERS[form].load()
            assert sentence in " ".join(render(both[1], lang).split())
            assert sentence not in render(both[0], lang)


def test_its_findings_are_counted_by_check_and_operation_with_one_sample(
    both: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    second = both[1]["live"]["supporting"]

    assert second["state"] == "completed"
    assert (second["tool"], second["version"], second["seed"]) == ("schemathesis", "4.32.5", 1)
    assert second["credential"] == "main"
    assert [(f["check"], f["operation"], f["count"]) for f in second["findings"]] == [
        ("positive_data_acceptance", "GET /collections/plan-permit/items", 3)
    ]


def test_secrets_are_taken_out_of_all_that_it_says(server: Running, tmp_path: Path) -> None:
    lines = RECORDED.read_text("utf-8").replace("Schema-valid request", f"The secret {MAIN.secret}")
    lines = lines.replace("limit=", f"note={MAIN.secret}&limit=").replace("cursor=0", f"access_token={MAIN.secret}x")
    error = {"NonFatalError": {"label": "GET /", "value": f"Bearer {MAIN.secret}"}}
    tool = stand_in(tmp_path, f"{json.dumps(error)}\n{lines}", f"died of {MAIN.secret}", code=9)
    made = report(server, tmp_path / "out", tool.executable)
    second = made["live"]["supporting"]

    assert MAIN.secret in tool.executable.with_name("left.ndjson").read_text("utf-8")
    assert MAIN.secret not in json.dumps(made)
    assert "[redacted:" in second["findings"][0]["sample"]["title"]
    assert "[redacted:" in second["findings"][0]["sample"]["request"]
    assert "[redacted:" in second["errors"][0]
    assert "died of [redacted:" in second["reason"]["en"]
    assert all(MAIN.secret not in path.read_text("utf-8", "replace") for path in (tmp_path / "out").iterdir())


def test_the_token_that_it_sends_is_on_no_command_line(server: Running, tmp_path: Path) -> None:
    tool = stand_in(tmp_path)
    made = report(server, tmp_path / "out", tool.executable)
    given = tool.given()
    scheme, _, token = given["environment"][schemathesis.HEADER].partition(" ")

    assert scheme == "Bearer"
    assert len(token) > 20
    assert all(token not in word and MAIN.secret not in word for word in given["arguments"])
    assert token not in given["config"]
    assert token not in json.dumps(made)


def test_a_system_without_a_document_is_not_looked_at(tmp_path: Path) -> None:
    tool = stand_in(tmp_path)
    with running(mutant="openapi_missing") as server:
        second = report(server, tmp_path / "out", tool.executable)["live"]["supporting"]

    assert second["state"] == "not_run"
    assert "OpenAPI" in second["reason"]["en"]
    assert not tool.seen.exists()


@pytest.mark.parametrize(("code", "events"), [(2, ""), (1, ""), (-9, None), (0, "no json at all\n")])
def test_a_crash_is_told_and_changes_nothing(server: Running, tmp_path: Path, code: int, events: str | None) -> None:
    made = report(server, tmp_path / "out", stand_in(tmp_path, events, "it fell over", code=code % 256).executable)
    second = made["live"]["supporting"]

    assert second["state"] == "failed"
    assert "it fell over" in second["reason"]["en"]
    assert second["unread_lines"] == (1 if events else 0)
    assert made["summary"] == report(server, tmp_path / "alone", None)["summary"]


def test_one_that_does_not_end_is_ended_and_told(
    server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schemathesis, "GRACE", 1.0)
    monkeypatch.setattr(schemathesis.Asked, "__init__", _short_lived(schemathesis.Asked.__init__))
    second = report(server, tmp_path / "out", stand_in(tmp_path, sleep=60).executable)["live"]["supporting"]

    assert second["state"] == "timed_out"
    assert second["findings_count"] == 3


def _short_lived(init: Any) -> Any:
    return lambda self, *given, **more: init(self, *given, **{**more, "longest": 1.5})


def test_a_wrong_path_is_a_wrong_call_before_anything_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["test", "http://127.0.0.1:9/vsc/v1", f"--with-schemathesis={tmp_path / 'none'}", "--lang", "en"])

    assert code == 2
    assert "lienthong[schemathesis]" in capsys.readouterr().err


def test_the_report_fits_its_schema(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    for made in both:
        assert parse_report(json.dumps(made).encode(), "report.json") == made
