"""The manifest and the files that it names: what is refused, what is missing, what the digest covers."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from validator.cli.words import explain
from validator.errors import UsageError
from validator.model.standard import ConformanceClass
from validator.model.submission import Claim
from validator.observe.submission import MAX_MANIFEST_BYTES, folder_submission, single_file

CLAIM = {"standard": "VSC-CORE", "class": "basic"}


def write(root: Path, manifest: Any = None, **files: str) -> Path:
    root.mkdir(exist_ok=True)
    content = manifest if isinstance(manifest, bytes) else json.dumps(manifest or named("a.json")).encode()
    (root / "manifest.json").write_bytes(content)
    for name, text in files.items():
        (root / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return root


def named(*paths: str, **more: Any) -> dict[str, Any]:
    files = [{"path": path, **more} for path in paths]
    return {"lienthong": "1.0", "claims": [CLAIM], "datasets": [{"dataset": "VSC-CORE/reading", "files": files}]}


def refused(root: Path) -> UsageError:
    with pytest.raises(UsageError) as raised:
        folder_submission(root, "name")
    for lang in ("vi", "en"):
        said = explain(lang, raised.value)
        assert "{" not in said.replace("{}", "")
        assert len(said) < 600
    return raised.value


def test_files_are_observed_once_with_their_size_digest_and_format(tmp_path: Path) -> None:
    seen = folder_submission(write(tmp_path / "s", named("a.json", "b.csv"), a__json="{}", b__csv="x\n"), "s")

    assert [(f.name, f.media, f.size, f.sha256[:8]) for f in seen.files] == [
        ("a.json", "json", 2, "44136fa3"), ("b.csv", "csv", 2, "73cb3858"),
    ]  # fmt: skip
    assert seen.claims == (Claim("VSC-CORE", "", ConformanceClass.BASIC),)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "read.value_expected"),
        (b" \n", "read.value_expected"),
        (b"{", "read.ends_early"),
        (b'{"lienthong": NaN}', "read.not_a_number"),
        (b'{"lienthong": "1.0", "lienthong": "1.0"}', "read.duplicate_key"),
        (b'{"claims": ' + b"[" * 200_000, "read.too_deep"),
        ('{"lienthong": "1.0"}'.encode("utf-16"), "read.not_utf8"),
        (b'{"submission": "\\ud800"}', "read.lone_surrogate"),
        (b'{"submission": "\xff"}', "read.not_utf8"),
        (b'{"lienthong": 12345678901234567890123}', "read.number_too_long"),
    ],
)
def test_a_manifest_that_is_no_json_is_refused_with_the_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    fault = refused(write(tmp_path / "s", content))

    assert (fault.message_id, fault.params["reason"]) == ("usage.manifest_malformed", reason)


def test_a_name_that_repeats_in_the_manifest_is_told_with_its_line(tmp_path: Path) -> None:
    fault = refused(write(tmp_path / "s", b'{\n"lienthong": "1.0",\n"claims": [],\n"claims": []}'))

    assert (fault.params["line"], fault.params["key"]) == (4, "claims")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"claims": {}}, "/claims"),
        ({"claims": [1]}, "/claims/0"),
        ({"claims": [{"standard": "VSC-CORE", "class": "gold"}]}, "/claims/0/class"),
        ({"claims": [{"standard": 5, "class": "basic"}]}, "/claims/0/standard"),
        ({"datasets": None}, "/datasets"),
        ({"datasets": [{"dataset": "VSC-CORE/reading", "files": "a.json"}]}, "/datasets/0/files"),
        ({"localities": [{"province_code": 48}]}, "/localities/0/province_code"),
        ({"calendar": [{"date": "02/09/2026", "working": False}]}, "/calendar/0/date"),
        ({"calendar": [{"date": "0000-01-01", "working": False}]}, "/calendar/0/date"),
        ({"statement": {"VSC-CORE-R01": "yes"}}, "/statement/VSC-CORE-R01"),
        ({"inputs": {"x": [1]}}, "/inputs/x/0"),
        ({"delivery_log": 5}, "/delivery_log"),
        ({"lienthong": "2.0"}, "/lienthong"),
        ({"lienthong": 1e308}, "/lienthong"),
        ({"__proto__": {"claims": []}}, "/"),
        ({"submission": "x" * 100_000}, "/submission"),
    ],
)
def test_a_manifest_of_the_wrong_shape_is_refused_with_the_place(
    change: dict[str, Any], pointer: str, tmp_path: Path
) -> None:
    fault = refused(write(tmp_path / "s", {**named("a.json"), **change}))

    assert (fault.message_id, fault.params["pointer"]) == ("usage.manifest_invalid", pointer)


@pytest.mark.parametrize("value", [[], None, 5, "manifest", True])
def test_a_manifest_that_is_no_object_is_refused(value: Any, tmp_path: Path) -> None:
    assert refused(write(tmp_path / "s", json.dumps(value).encode())).message_id == "usage.manifest_invalid"


def test_a_manifest_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    root = write(tmp_path / "s")
    with (root / "manifest.json").open("r+b") as stream:
        stream.truncate(MAX_MANIFEST_BYTES + 1)

    assert refused(root).message_id == "usage.manifest_too_large"


@pytest.mark.parametrize(
    "path",
    [
        "../a.json",
        "/etc/passwd",
        "data/../../a.json",
        "..\\a.json",
        "C:\\a.json",
        "C:a.json",
        "a\0.json",
        "data\\a.json",
    ],
)
@pytest.mark.parametrize("role", ["path", "envelope", "descriptor", "delivery_log"])
def test_a_path_that_leads_outside_is_refused_wherever_it_stands(path: str, role: str, tmp_path: Path) -> None:
    manifest = (
        named("a.json") if role == "path" else named("a.json", **({} if role == "delivery_log" else {role: path}))
    )
    if role == "path":
        manifest = named(path)
    if role == "delivery_log":
        manifest["delivery_log"] = path

    assert refused(write(tmp_path / "s", manifest, a__json="{}")).message_id == "usage.path_escape"


@pytest.mark.parametrize("name", ["a.json", "folder/a.json", "manifest.json"])
def test_a_symbolic_link_is_refused_even_when_it_leads_inside(name: str, tmp_path: Path) -> None:
    root = write(tmp_path / "s", named("folder/a.json" if "/" in name else "a.json"), b__json="{}")
    real = tmp_path / "real"
    real.mkdir()
    (real / "a.json").write_text("{}")
    if name == "manifest.json":
        (root / name).rename(root / "other.json")
        (root / name).symlink_to(root / "other.json")
    else:
        link = root / name.split("/")[0]
        link.symlink_to(real if "/" in name else root / "b.json")

    assert refused(root).message_id == "usage.path_link"


@pytest.mark.parametrize("name", ["a.json", "x" * 400, "folder/none.json", ".", "./", "a.json/b", "con gà.json"])
def test_a_file_that_is_not_there_is_missing_and_not_an_error(name: str, tmp_path: Path) -> None:
    seen = folder_submission(write(tmp_path / "s", named(name)), "s")

    assert seen.files == ()
    assert [(m.name, m.role, m.dataset) for m in seen.missing] == [(name, "data", "VSC-CORE/reading")]


def test_a_folder_a_pipe_or_a_device_in_the_place_of_a_file_is_missing_and_is_not_opened(tmp_path: Path) -> None:
    root = write(tmp_path / "s", {**named("folder", "pipe", envelope="pipe2"), "delivery_log": "pipe3"})
    (root / "folder").mkdir()
    for name in ("pipe", "pipe2", "pipe3"):
        os.mkfifo(root / name)
    seen = folder_submission(root, "s")

    assert {m.name for m in seen.missing} == {"folder", "pipe", "pipe2", "pipe3"}


def test_a_manifest_that_is_a_pipe_is_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    os.mkfifo(tmp_path / "s" / "manifest.json")

    assert refused(tmp_path / "s").message_id == "usage.no_manifest"


@pytest.mark.parametrize(("one", "other"), [("a.json", "a.json"), ("a.json", "./a.json"), ("d/a.json", "d//a.json")])
def test_a_file_named_twice_is_refused(one: str, other: str, tmp_path: Path) -> None:
    assert refused(write(tmp_path / "s", named(one, other))).message_id == "usage.manifest_repeats_file"


def test_the_digest_covers_every_file_that_is_read(tmp_path: Path) -> None:
    manifest = {**named("a.json", envelope="e.json", descriptor="d.json"), "delivery_log": "log.jsonl"}
    root = write(tmp_path / "s", manifest, a__json="{}", e__json="{}", d__json="{}", log__jsonl="{}")
    digests = {folder_submission(root, "s").sha256}
    for name in ("a.json", "e.json", "d.json", "log.jsonl", "manifest.json"):
        (root / name).write_text((root / name).read_text() + "\n")
        digests.add(folder_submission(root, "s").sha256)

    assert len(digests) == 6


def test_a_single_file_is_a_submission_of_itself(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n")
    claim = Claim("VSC-CORE", "1.0", ConformanceClass.BASIC)
    seen = single_file(tmp_path / "a.csv", "VSC-CORE/reading", claim)

    assert [(f.name, f.media) for f in seen.files] == [("a.csv", "csv")]
    assert seen.claims == (claim,)


def test_a_single_file_whose_name_is_no_text_is_shown_as_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv"))
    path.write_text("x\n")
    seen = single_file(path, "VSC-CORE/reading", Claim("VSC-CORE", "1.0", ConformanceClass.BASIC))

    assert seen.name.encode() == b"?.csv"
