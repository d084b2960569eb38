"""Files that nobody means well by: told in one line, in little time and memory, never a traceback."""

from __future__ import annotations

import gzip
import io
import resource
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

MEMORY_MIB = 200
SECONDS = 60
KEYS = '{"keys": []}'


def pdf_of(content: bytes) -> bytes:
    """A PDF with `certificate.json` attached as an associated file."""
    made = pikepdf.new()
    made.add_blank_page()
    made.attachments["certificate.json"] = pikepdf.AttachedFileSpec(made, content, filename="certificate.json")
    made.Root.AF = pikepdf.Array([made.attachments["certificate.json"].obj])
    out = io.BytesIO()
    made.save(out, compress_streams=True, recompress_flate=True)
    return out.getvalue()


def bundle_of_bombs() -> bytes:
    return b'{"files":{"certificate.json":"' + b"[" * 900_000 + b'"},"schema":"lienthong-verification/1.0"}'


HOSTILE = {
    "bomb in a PDF": lambda: pdf_of(bytes(240_000_000)),
    "PDF of noise": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 4_000,
    "endless brackets": lambda: b"[" * 2_000_000,
    "endless number": lambda: b'{"a":' + b"9" * 900_000 + b"}",
    "sixteen megabytes": lambda: b'{"a":"' + b"x" * 17_000_000,
    "gzip": lambda: gzip.compress(bytes(1000)),
    "brackets in a bundle": bundle_of_bombs,
    "surrogates": lambda: b'{"a":"\\ud800"}',
    "not UTF-8": lambda: b"\xff\xfe{}",
    "nothing": lambda: b"",
}


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (2_500 << 20, 2_500 << 20))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "given").write_bytes(HOSTILE[name]())
    (tmp_path / "keys.json").write_text(KEYS, "utf-8")
    script = (
        "from validator.cli.main import main\n"
        "code = main(['certificate', 'verify', 'given', '--trust', 'keys.json', '--lang', 'en'])\n"
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print(code, int(status['VmHWM'].split()[0]) // 1024)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=limited,
        timeout=SECONDS,
    )
    code, mib = ran.stdout.split("\n")[-2].split()

    assert code == "5"
    assert int(mib) < MEMORY_MIB
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr.strip().splitlines()) <= 1
