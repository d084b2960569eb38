"""The language of a call: `--lang`, else the environment, else English."""

import pytest

from validator.cli.main import main
from validator.cli.words import language


@pytest.mark.parametrize(
    ("arguments", "environment", "lang"),
    [
        ([], {}, "en"),
        ([], {"LANG": "C.UTF-8"}, "en"),
        ([], {"LANG": "vi_VN.UTF-8"}, "vi"),
        ([], {"LANG": "vi_VN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ([], {"LIENTHONG_LANG": "vi", "LC_ALL": "en_US.UTF-8"}, "vi"),
        (["validate", "x", "--lang", "vi"], {"LANG": "en_US"}, "vi"),
        (["--lang=en", "demo"], {"LANG": "vi_VN"}, "en"),
        (["--lang", "fr"], {}, "en"),
        (["--lang"], {}, "en"),
    ],
)
def test_the_language_is_found(arguments: list[str], environment: dict[str, str], lang: str) -> None:
    assert language(arguments, environment) == lang


@pytest.mark.parametrize(
    "command",
    [[], ["validate"], ["standards"], ["report"], ["standards", "list"], ["seal"], ["gate"], ["baseline", "make"]],
)
def test_every_help_page_is_in_both_languages(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    pages = []
    for lang in ("vi", "en"):
        assert main([*command, "--lang", lang, "--help"]) == 0
        pages.append(capsys.readouterr().out)

    assert pages[0].startswith("Cách dùng:")
    assert pages[1].startswith("Usage:")
    assert "Options:" not in pages[0]


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("lienthong ")


def test_no_command_shows_the_help_and_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en"]) == 2


def test_the_catalogue_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "list", "--lang", "en"]) == 0
    listed = capsys.readouterr().out

    for name in ("VSC-CORE", "VSC-CODE", "VSC-BUD", "VSC-ENV", "VSC-ALR", "VSC-PLAN"):
        assert name in listed


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_standard_is_shown_and_documented(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "show", "VSC-BUD", "--lang", lang]) == 0
    assert "VSC-BUD-R02" in capsys.readouterr().out
    assert main(["standards", "docs", "VSC-BUD", "--lang", lang]) == 0
    assert "### VSC-BUD-R12" in capsys.readouterr().out
