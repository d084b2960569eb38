"""Reports come into their folder together or not at all, and never lie beside those of another run."""

from __future__ import annotations

from pathlib import Path

import pytest

from validator.cli.outbox import Outbox
from validator.errors import UsageError

OLD = "old urn:sha256:0"
NEW = "new urn:sha256:1"


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_reports_come_in_together(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with Outbox(folder) as outbox:
        outbox.put("report.json", NEW)
        outbox.put("report.html", NEW)
        assert [path.name for path in folder.iterdir() if not path.name.startswith(".")] == []
        assert outbox.send() == [folder / "report.html", folder / "report.json"]

    assert contents(folder) == {"report.json": NEW, "report.html": NEW}


def test_old_reports_do_not_survive_beside_new_ones(tmp_path: Path) -> None:
    for name in ("report.json", "report.txt", "junit.xml"):
        (tmp_path / name).write_text(OLD)
    with Outbox(tmp_path) as outbox:
        outbox.put("junit.xml", NEW)
        outbox.send()

    assert contents(tmp_path) == {"junit.xml": NEW}


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    theirs = {"junit.xml": "<testsuites/>", "notes.txt": OLD}
    for name, text in theirs.items():
        (tmp_path / name).write_text(text)
    with Outbox(tmp_path) as outbox:
        outbox.put("report.json", NEW)
        outbox.send()

    assert contents(tmp_path) == {"report.json": NEW, **theirs}


def test_a_run_that_ends_before_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(OLD)
    for folder in (tmp_path, tmp_path / "new"):
        with pytest.raises(ValueError), Outbox(folder) as outbox:  # noqa: PT012
            outbox.put("report.json", NEW)
            raise ValueError

    assert contents(tmp_path) == {"report.json": OLD}


def test_the_source_comes_in_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stops half-way leaves no report.json beside an incomplete set."""
    (tmp_path / "report.json").write_text(OLD)
    (tmp_path / "report.html").write_text(OLD)
    honest, moved = Path.replace, []

    def replace(path: Path, target: Path) -> Path:
        moved.append((path.name, (tmp_path / "report.json").exists()))
        return honest(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    with Outbox(tmp_path) as outbox:
        for name in ("report.json", "report.html", "report.txt"):
            outbox.put(name, NEW)
        outbox.send()

    assert moved == [("report.html", False), ("report.txt", False), ("report.json", False)]


def test_a_folder_that_cannot_be_written_to_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot_write"), Outbox(tmp_path / "file"):
        pass
