"""The bundle of an examination of files: replayed to the same digest; whatever was changed in it is named."""

from __future__ import annotations

import io
import json
import random
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.replaying import change_report, flip, refusal
from validator.bundle import lock
from validator.bundle.opened import open_bundle
from validator.cli.main import main
from validator.resources import data_folder

CITY = data_folder("fixtures") / "submissions" / "thanh-pho-mau"
WRONG_CITY = data_folder("fixtures") / "submissions" / "thanh-pho-loi"
AS_OF = "2026-11-01T08:00:00+07:00"
FLIPS = 300


def bundled(target: Path, *more: str, submission: Path = CITY) -> Path:
    arguments = ["validate", str(submission), "--as-of", AS_OF, "--format", "json", "--bundle", str(target)]
    assert main([*arguments, "--lang", "en", *more]) in (0, 1, 3)
    return target


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundled(tmp_path_factory.mktemp("packed") / "city.tar.gz", "--with-data")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundled(tmp_path_factory.mktemp("whole") / "city", "--with-data")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy that may be spoilt."""
    return Path(shutil.copytree(whole, tmp_path / "city"))


def test_the_bundle_of_the_sample_city_replays_to_the_same_digest(
    packed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = open_bundle(packed, tmp_path).report

    assert main(["replay", str(packed), "--at-the-tool-lock", "--lang", "en"]) == 0
    assert f"SAME: every outcome and the report digest {report['digest']}" in capsys.readouterr().out


def test_a_city_with_faults_replays_from_digests_and_the_data_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = bundled(tmp_path / "wrong", submission=WRONG_CITY)
    moved = shutil.copytree(WRONG_CITY, tmp_path / "called-otherwise")
    capsys.readouterr()

    assert not (bundle / "data").exists()
    assert main(["replay", str(bundle), "--lang", "en"]) == 2
    assert "--submission PATH" in capsys.readouterr().err
    assert main(["replay", str(bundle), "--submission", str(moved), "--lang", "vi"]) == 0
    assert "GIỐNG NHAU" in capsys.readouterr().out
    assert main(["replay", str(bundle), "--submission", str(CITY), "--lang", "en"]) == 5
    assert "manifest.json is not the file that was examined" in capsys.readouterr().err


def test_one_data_file_replays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = next(p for p in sorted(CITY.rglob("*.jsonl")) if "budget" in str(p))
    target = tmp_path / "one.tar.gz"
    given = ["validate", str(file), "--dataset", "VSC-BUD/snapshot", "--bundle", str(target), "--with-data"]
    assert main(given) in (0, 1, 3)

    assert main(["replay", str(target), "--lang", "en"]) == 0
    assert "SAME" in capsys.readouterr().out


def test_the_same_examination_makes_the_same_bytes(packed: Path, tmp_path: Path) -> None:
    assert bundled(tmp_path / "again.tar.gz", "--with-data").read_bytes() == packed.read_bytes()


def test_a_changed_byte_of_any_member_is_named(folder: Path, tmp_path: Path) -> None:
    draw = random.Random(5)
    for member in json.loads((folder / "bundle.json").read_bytes())["members"]:
        if not member["bytes"]:
            continue
        place, bits = draw.randrange(member["bytes"]), draw.randrange(1, 256)
        flip(folder / member["path"], place, bits)
        fault = refusal(folder, tmp_path / "scratch")
        assert fault is not None
        assert fault.params["member"] == member["path"]
        flip(folder / member["path"], place, bits)

    assert refusal(folder, tmp_path / "scratch") is None


def test_a_changed_byte_of_the_description_is_found_wherever_it_is(folder: Path, tmp_path: Path) -> None:
    draw = random.Random(6)
    description = folder / "bundle.json"
    for _ in range(FLIPS):
        place, bits = draw.randrange(description.stat().st_size), draw.randrange(1, 256)
        flip(description, place, bits)
        assert refusal(folder, tmp_path / "scratch") is not None
        flip(description, place, bits)


def test_a_changed_byte_of_the_archive_is_found_wherever_it_is(packed: Path, tmp_path: Path) -> None:
    draw, spoilt = random.Random(7), tmp_path / "spoilt.tar.gz"
    shutil.copyfile(packed, spoilt)
    size = spoilt.stat().st_size
    for place in [*range(10), *range(size - 9, size), *(draw.randrange(size) for _ in range(60))]:
        bits = draw.randrange(1, 256)
        flip(spoilt, place, bits)
        assert refusal(spoilt, tmp_path / "scratch") is not None, place
        flip(spoilt, place, bits)
    spoilt.write_bytes(packed.read_bytes() + b"\0")

    assert refusal(spoilt, tmp_path / "scratch") is not None


def test_missing_extra_renamed_and_linked_members_are_refused(folder: Path, tmp_path: Path) -> None:
    report, aside = folder / "report.json", tmp_path / "aside.json"

    def told() -> tuple[str, Any]:
        fault = refusal(folder, tmp_path / "scratch")
        assert fault is not None
        return fault.message_id, fault.params["member"]

    report.rename(aside)
    assert told() == ("bundle.missing", "report.json")
    report.symlink_to(aside)
    assert told() == ("bundle.not_regular", "report.json")
    report.unlink()
    shutil.copyfile(aside, folder / "other.json")
    assert told() == ("bundle.missing", "report.json")
    shutil.copyfile(aside, report)
    assert told() == ("bundle.extra", "other.json")


def archive(target: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(target, "w:gz") as out:
        for info, content in entries:
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    return target


def test_archives_that_lead_outside_link_or_swell_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tarfile.TarInfo("report.json")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
    spoilt = {
        "escape": [(tarfile.TarInfo("../report.json"), b"{}")],
        "link": [(link, b"")],
        "bomb": [(tarfile.TarInfo("report.json"), bytes(96 * 1024 * 1024))],
        "twice": [(tarfile.TarInfo("bundle.json"), b"{}"), (tarfile.TarInfo("bundle.json"), b"{}")],
        "empty": [],
    }
    for name, entries in spoilt.items():
        assert main(["replay", str(archive(tmp_path / f"{name}.tar.gz", *entries)), "--lang", "en"]) == 5, name
    (tmp_path / "text.tar.gz").write_text("no archive")

    assert main(["replay", str(tmp_path / "text.tar.gz")]) == 5
    assert main(["replay", str(tmp_path / "not-there.tar.gz")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_member_name_that_stands_twice_is_refused(folder: Path, tmp_path: Path) -> None:
    description = folder / "bundle.json"
    description.write_bytes(description.read_bytes().replace(b'{"codelists"', b'{"kind":"files","codelists"', 1))
    fault = refusal(folder, tmp_path / "scratch")

    assert fault is not None
    assert (fault.message_id, fault.params["key"]) == ("bundle.duplicate_key", "kind")


def test_a_report_that_says_something_else_is_found_out_by_the_replay(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed: list[str] = []

    def whiten(report: dict[str, Any]) -> None:
        result = next(r for r in report["results"] if r["outcome"] == "passed")
        failed.append(result["requirement"])
        result["outcome"], result["findings_count"] = "failed", 3

    change_report(folder, whiten)
    capsys.readouterr()

    assert main(["replay", str(folder), "--lang", "en"]) == 5
    out = capsys.readouterr().out
    assert f"DIFFERS {failed[0]} [outcome] then: failed | now: passed" in out
    assert f"DIFFERS {failed[0]} [number of findings] then: 3 | now: 0" in out
    assert main(["replay", str(folder), "--lang", "vi"]) == 5
    assert f"KHÁC {failed[0]} [kết quả] trước: failed | nay: passed" in capsys.readouterr().out


def test_another_tool_is_told_and_refused_at_the_tool_lock(
    whole: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = lock.tool_lock()
    other = {**here, "libraries": {**here["libraries"], "duckdb": "0.0.1"}}
    monkeypatch.setattr(lock, "tool_lock", lambda: other)
    capsys.readouterr()

    assert main(["replay", str(whole), "--at-the-tool-lock", "--lang", "en"]) == 2
    assert "duckdb" in capsys.readouterr().err
    assert main(["replay", str(whole), "--lang", "en"]) == 0
    assert "duckdb was" in capsys.readouterr().out


def test_a_place_that_is_taken_is_told_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("mine")

    assert main(["validate", str(CITY), "--bundle", str(tmp_path / "taken"), "--lang", "en"]) == 2
    assert "Something lies at" in capsys.readouterr().err
    assert main(["validate", str(CITY), "--with-data", "--lang", "en"]) == 2
    assert [p.name for p in (tmp_path / "taken").iterdir()] == ["letter.txt"]
