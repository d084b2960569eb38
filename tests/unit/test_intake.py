"""Receiving a submission: nothing leaves the scratch folder, and nothing costs more than it may."""

import os
import shutil
from pathlib import Path

import pytest

from tests.archives import HOSTILE, MANIFEST, Packer, member, names, tarred, zipped
from validator.errors import UsageError
from validator.observe.intake import is_archive, receive


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def everything_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize(
    ("packer", "message_id"), [v for v in HOSTILE.values() if v[1] != "usage.no_manifest"],
    ids=[k for k, v in HOSTILE.items() if v[1] != "usage.no_manifest"],
)  # fmt: skip
def test_a_hostile_archive_is_refused_and_leaves_nothing_outside_the_scratch_folder(
    packer: Packer, message_id: str, tmp_path: Path, scratch: Path
) -> None:
    given = packer(tmp_path)
    before = everything_in(tmp_path)
    with pytest.raises(UsageError) as refused:
        receive(given, scratch)

    assert refused.value.message_id == message_id
    assert {name for name in everything_in(tmp_path) - before if not name.startswith("scratch/received/")} == set()
    assert sum(path.stat().st_size for path in scratch.rglob("*") if path.is_file()) < 300 * 2**20


def test_an_archive_is_unpacked_into_the_scratch_folder(tmp_path: Path, scratch: Path) -> None:
    root = receive(names("manifest.json", "data/a.json")(tmp_path), scratch)

    assert root == scratch / "received"
    assert everything_in(root) == {"manifest.json", "data/a.json"}


def test_an_archive_that_wraps_all_in_one_folder_is_opened_there(tmp_path: Path, scratch: Path) -> None:
    assert receive(names("bo/manifest.json", "bo/a.json")(tmp_path), scratch) == scratch / "received" / "bo"


@pytest.mark.parametrize("kind", ["zip", "tar", "gztar", "bztar", "xztar"])
def test_each_kind_of_archive_is_known_by_its_bytes_and_not_by_its_name(
    kind: str, tmp_path: Path, scratch: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "manifest.json").write_bytes(MANIFEST)
    given = tmp_path / "submission"
    Path(shutil.make_archive(str(tmp_path / "x"), kind, tmp_path / "in")).rename(given)

    assert is_archive(given)
    assert (receive(given, scratch) / "manifest.json").read_bytes() == MANIFEST


def test_files_with_vietnamese_names_keep_them(tmp_path: Path, scratch: Path) -> None:
    zipped(tmp_path / "a.zip", ("manifest.json", MANIFEST), ("dữ liệu/Đà Nẵng.json", b"{}"))
    assert "dữ liệu/Đà Nẵng.json" in everything_in(receive(tmp_path / "a.zip", scratch))


def test_modes_and_owners_of_a_tar_are_not_taken_over(tmp_path: Path, scratch: Path) -> None:
    info = member("manifest.json")
    info.mode, info.uid = 0o4777, 4242
    received = receive(tarred(tmp_path / "a.tar.gz", (info, MANIFEST)), scratch) / "manifest.json"

    assert received.stat().st_mode & 0o7111 == 0
    assert received.stat().st_uid == os.geteuid()


def test_a_folder_is_read_where_it_is(tmp_path: Path, scratch: Path) -> None:
    assert receive(tmp_path, scratch) == tmp_path
    assert everything_in(scratch) == set()


@pytest.mark.parametrize("kind", ["pipe", "device", "text", "nothing", "empty"])
def test_what_is_neither_folder_nor_archive_is_refused_without_being_waited_for(
    kind: str, tmp_path: Path, scratch: Path
) -> None:
    given = Path("/dev/zero") if kind == "device" else tmp_path / kind
    if kind == "pipe":
        os.mkfifo(given)
    elif kind in ("text", "empty"):
        given.write_text("{}" if kind == "text" else "")
    with pytest.raises(UsageError) as refused:
        receive(given, scratch)

    assert refused.value.message_id == ("usage.no_such_submission" if kind == "nothing" else "usage.not_a_submission")
    assert not is_archive(given)
