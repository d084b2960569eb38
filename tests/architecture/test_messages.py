"""Every text that a user sees is there in Vietnamese and in English, and says the same things."""

import re
import tomllib
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "validator" / "messages"
NAMES = sorted(path.name.removesuffix(".vi.toml") for path in FOLDER.glob("*.vi.toml"))
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
SOURCES = sorted(p for p in (ROOT / "validator").rglob("*.py") if "_data" not in p.parts)
FINDING_ID = re.compile(
    r"\"((?:read|bytes|schema|codelist|declared|timeliness|intake|engine|xml|personal|form)\.[a-z][A-Za-z_0-9]*)\""
)
ERROR_ID = re.compile(
    r"(?:UsageError|CatalogueError|EngineError|EvidenceError|UnansweredError|ValueError)\(\s*\"([a-z_]+\.[a-z_.]+)\""
)


def read(name: str, lang: str) -> dict[str, str]:
    return tomllib.loads((FOLDER / f"{name}.{lang}.toml").read_text(encoding="utf-8"))


def placeholders(text: str) -> set[str]:
    """Names in braces; `text_vi` and `text_en` are one text of a standard in its two languages."""
    return {re.sub(r"_(vi|en)$", "", name) for name in PLACEHOLDER.findall(text)}


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_texts(name: str) -> None:
    assert set(read(name, "vi")) == set(read(name, "en"))


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_name_the_same_placeholders(name: str) -> None:
    vi, en = read(name, "vi"), read(name, "en")
    differing = {k for k in vi if placeholders(vi[k]) != placeholders(en[k])}

    assert differing == set()


@pytest.mark.parametrize("name", NAMES)
def test_vietnamese_is_written_in_nfc_and_is_not_english(name: str) -> None:
    vi, en = read(name, "vi"), read(name, "en")
    same = {key for key in vi if vi[key] == en[key] and re.search(r"[A-Za-z]{4,} [A-Za-z]{3,}", vi[key])}

    assert all(unicodedata.is_normalized("NFC", text) for text in vi.values())
    assert same == set()


def test_every_finding_that_the_code_can_make_has_a_text() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SOURCES]
    raised = {found for text in texts for found in ERROR_ID.findall(text)}
    used = {found for text in texts for found in FINDING_ID.findall(text)}

    assert used - raised - set(read("findings", "vi")) == set()


def test_every_error_that_the_code_can_raise_has_a_text() -> None:
    used = {found for path in SOURCES for found in ERROR_ID.findall(path.read_text(encoding="utf-8"))}

    assert used - set(read("errors", "vi")) - set(read("report", "vi")) == set()
