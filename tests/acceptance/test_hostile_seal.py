"""Sealing writes into a vendor's own folder: nowhere else, and never at the cost of what stands there."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.submissions import ENVELOPE, document, lines, record, submission
from validator.cli.main import main

STRANGE = [
    b'{"checksum": "", "a": "\\ud800"}',
    b'{"checksum": "", "a": 1, "a": 2}',
    b'{"checksum": "", "a": NaN}',
    b'{"checksum": "", "a": 1e400}',
    b'{"checksum": "", "a": "\xff"}',
    b'\xef\xbb\xbf{"checksum": ""}',
    b'{"checksum": "", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'["checksum"]',
    b'{"checksum": ""',
    b"",
]


def change(root: Path, **members: Any) -> None:
    path = root / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **members}), encoding="utf-8")


@pytest.mark.parametrize("content", STRANGE, ids=lambda content: repr(content[:40]))
@pytest.mark.parametrize("name", ["envelope.json", "log.jsonl"])
def test_what_cannot_be_rewritten_without_loss_stays_as_it_is(name: str, content: bytes, tmp_path: Path) -> None:
    root = submission(tmp_path / "s", lines([record(1)]), "jsonl", delivery_log="log.jsonl")
    (root / "log.jsonl").write_bytes(b"")
    (root / name).write_bytes(content)

    assert main(["seal", str(root), "--lang", "en"]) == 0
    assert (root / name).read_bytes().strip() == content.strip()


@pytest.mark.parametrize(
    "content", [b'{"records": [], "checksum": 1, "x": "\\ud800"}', b'{"records": [], "checksum": 1, "x": NaN}']
)
def test_a_document_that_cannot_be_rewritten_without_loss_stays_as_it_is(content: bytes, tmp_path: Path) -> None:
    root = submission(tmp_path / "s", document(record(1)))
    (root / "data.json").write_bytes(content)

    assert main(["seal", str(root)]) == 0
    assert (root / "data.json").read_bytes() == content


@pytest.mark.parametrize("path", ["../outside.json", "link.json", "/tmp/outside.json"])
@pytest.mark.parametrize("role", ["path", "envelope", "delivery_log"])
def test_sealing_writes_nothing_outside_the_folder(role: str, path: str, tmp_path: Path) -> None:
    root = submission(tmp_path / "s", lines([record(1)]), "jsonl")
    outside = tmp_path / "outside.json"
    outside.write_text(json.dumps({**ENVELOPE, "records": []}))
    before = outside.read_bytes()
    (root / "link.json").symlink_to(outside)
    entry = {"path": "data.jsonl", "envelope": "envelope.json"} | ({role: path} if role != "delivery_log" else {})
    change(root, datasets=[{"dataset": "VSC-CORE/reading", "files": [entry]}])
    if role == "delivery_log":
        change(root, delivery_log=path)

    assert main(["seal", str(root)]) == 2
    assert outside.read_bytes() == before


def test_line_separators_inside_strings_do_not_cut_a_log(tmp_path: Path) -> None:
    root = submission(tmp_path / "s", lines([record(1)]), "jsonl", delivery_log="log.jsonl")
    (root / "log.jsonl").write_bytes('{"key": "a\u2028b"}\n'.encode())

    assert main(["seal", str(root)]) == 0
    [entry] = (root / "log.jsonl").read_bytes().splitlines()
    assert json.loads(entry)["key"] == "a\u2028b"
