"""Folders that are not what their manifest says: refused or found, never trusted, never waited for."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.submissions import (
    assert_one_line_of_advice,
    assert_told_well,
    document,
    lines,
    powerless,
    record,
    run_apart,
    submission,
    validate,
)


def change_manifest(root: Path, **changes: Any) -> Path:
    path = root / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")
    return root


def files(*entries: dict[str, str]) -> list[dict[str, Any]]:
    return [{"dataset": "VSC-CORE/reading", "files": list(entries)}]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return submission(tmp_path / "s", lines([record(1)]), "jsonl")


def test_the_submission_that_all_cases_start_from_conforms(good: Path) -> None:
    assert validate(good).code == 0


def test_a_data_file_that_is_missing_is_a_finding(good: Path) -> None:
    (good / "data.jsonl").unlink()
    ran = validate(good)

    assert_told_well(ran)
    assert "intake.missing" in ran.told


def test_an_envelope_that_is_missing_is_a_finding(good: Path) -> None:
    (good / "envelope.json").unlink()
    ran = validate(good)

    assert_told_well(ran)
    assert "intake.missing" in ran.told


def test_a_delivery_log_that_is_missing_is_a_finding(good: Path) -> None:
    ran = validate(change_manifest(good, delivery_log="log.jsonl"))

    assert_told_well(ran)
    assert "intake.missing" in ran.told


def test_a_manifest_that_lies_about_a_digest_is_found(good: Path) -> None:
    (good / "data.jsonl").write_bytes(lines([record(2)]))
    ran = validate(good)

    assert_told_well(ran)
    assert "intake.digest" in ran.told


@pytest.mark.parametrize("format_", ["csv", "json", "xml", "geojson"])
def test_a_manifest_that_names_another_format_is_found(format_: str, tmp_path: Path) -> None:
    root = submission(tmp_path / "s", lines([record(1), record(2)]), "jsonl")
    entry = {"path": "data.jsonl", "envelope": "envelope.json", "format": format_}

    assert_told_well(validate(change_manifest(root, datasets=files(entry))))


def test_a_data_file_named_as_its_own_envelope_is_found(good: Path) -> None:
    ran = validate(change_manifest(good, datasets=files({"path": "data.jsonl", "envelope": "data.jsonl"})))

    assert_told_well(ran)


def test_the_manifest_named_as_data_is_found(good: Path) -> None:
    ran = validate(change_manifest(good, datasets=files({"path": "manifest.json", "envelope": "envelope.json"})))

    assert_told_well(ran)


@pytest.mark.parametrize("path", ["../s/data.jsonl", "/etc/passwd", "..\\data.jsonl", "C:/data.jsonl", "a\0b"])
@pytest.mark.parametrize("role", ["path", "envelope", "descriptor"])
def test_a_path_that_leads_outside_is_refused(path: str, role: str, good: Path) -> None:
    change_manifest(good, datasets=files({"path": "data.jsonl", role: path}))
    assert_one_line_of_advice(good)


@pytest.mark.parametrize("name", ["data.jsonl", "envelope.json", "manifest.json"])
def test_a_symbolic_link_in_the_place_of_a_file_is_refused(name: str, good: Path, tmp_path: Path) -> None:
    (good / name).rename(tmp_path / name)
    (good / name).symlink_to(tmp_path / name)
    assert_one_line_of_advice(good)


def test_a_link_that_leads_round_in_a_circle_is_refused(good: Path) -> None:
    (good / "data.jsonl").unlink()
    (good / "data.jsonl").symlink_to("other")
    (good / "other").symlink_to("data.jsonl")
    assert_one_line_of_advice(good)


@pytest.mark.parametrize("name", ["data.jsonl", "envelope.json"])
def test_a_pipe_in_the_place_of_a_file_is_a_missing_file_and_is_not_waited_for(name: str, good: Path) -> None:
    (good / name).unlink()
    os.mkfifo(good / name)
    ran = run_apart("validate", good, "--format", "json", timeout=60)

    assert ran.code == 1
    assert "intake.missing" in ran.told


@pytest.mark.parametrize("command", ["validate", "preflight"])
def test_a_pipe_in_the_place_of_the_manifest_or_of_the_whole_is_refused(command: str, tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    for pipe in (tmp_path / "s" / "manifest.json", tmp_path / "pipe"):
        os.mkfifo(pipe)
    for given in (tmp_path / "s", tmp_path / "pipe"):
        assert run_apart(command, given, timeout=60).code == 2


def test_a_pipe_named_as_a_single_data_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    ran = run_apart("validate", tmp_path / "pipe.csv", "--dataset", "VSC-CORE/reading", timeout=60)

    assert (ran.code, ran.out) == (2, "")


def test_a_folder_in_the_place_of_a_file_is_a_missing_file(good: Path) -> None:
    (good / "data.jsonl").unlink()
    (good / "data.jsonl").mkdir()
    ran = validate(good)

    assert_told_well(ran)
    assert "intake.missing" in ran.told


@pytest.mark.parametrize("name", ["data.jsonl", "envelope.json", "manifest.json", "."])
def test_a_file_that_may_not_be_read_is_refused(name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="lienthong-test-") as folder:
        root = submission(Path(folder) / "s", lines([record(1)]), "jsonl")
        for path in (Path(folder), root):
            path.chmod(0o755)
        assert validate(root).code == 0
        (root / name).chmod(0)
        with powerless():
            assert_one_line_of_advice(root)
        (root / name).chmod(0o755)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"5", b"\xff\xfe{\0}\0", b"[" * 200_000, b'{"a": NaN}', b'{"claims": [], "claims": []}',
     b'{"lienthong": "1.0", "claims": [], "datasets": {}}', b'{"lienthong": "1.0", "claims": "' + b"x" * 10**6 + b'"}',
     b'{"lienthong": "1.0", "claims": [{"standard": "../../etc", "class": "basic"}], "datasets": []}',
     b'{"lienthong": "1.0", "claims": [{"standard": "VSC-CORE", "version": "/../", "class": "basic"}], "datasets": []}',
     b'{"lienthong": "1.0", "claims": [], "datasets": [{"dataset": "VSC-CORE/../../x", "files": [{"path": "a"}]}]}',
     b'{"lienthong": "1.0", "claims": [], "datasets": [{"dataset": "", "files": [{"path": "envelope.json"}]}]}',
     b'{"lienthong": "1.0", "claims": [], "datasets": [{"dataset": "/", "files": [{"path": "envelope.json"}]}]}'],
    ids=lambda content: content[:60].decode("latin-1"),
)  # fmt: skip
def test_a_manifest_that_cannot_be_worked_with_is_refused(content: bytes, good: Path) -> None:
    (good / "manifest.json").write_bytes(content)
    if b"/../" in content:
        assert validate(good).code in (2, 3)
    else:
        assert_one_line_of_advice(good)


def test_a_manifest_beyond_the_limit_is_refused_without_being_read(good: Path) -> None:
    with (good / "manifest.json").open("r+b") as stream:
        stream.truncate(2**33)
    ran = run_apart("validate", good, timeout=60)

    assert ran.code == 2
    assert ran.peak_mib < 300


def test_files_that_nobody_names_are_not_opened(good: Path, tmp_path: Path) -> None:
    os.mkfifo(good / "pipe")
    (good / "loop").symlink_to(good)
    (good / "secret").symlink_to("/etc/shadow")
    ran = run_apart("validate", good, timeout=60)

    assert ran.code == 0


def test_a_document_in_the_place_of_lines_and_lines_in_the_place_of_a_document_are_found(tmp_path: Path) -> None:
    assert_told_well(validate(submission(tmp_path / "a", document(record(1)), "jsonl")))
    assert_told_well(validate(submission(tmp_path / "b", lines([record(1), record(2)]), "json")))
