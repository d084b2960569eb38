"""Archives that no honest sender would pack, made on the spot, each a few kilobytes on disk or little more."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

MIB = 1024 * 1024
MANIFEST = b'{"lienthong": "1.0", "claims": [], "datasets": []}'
Packer = Callable[[Path], Path]


def zipped(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # about names that repeat: on purpose here
        for entry in entries:
            archive.writestr(*entry)
    return path


def tarred(path: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz", format=tarfile.GNU_FORMAT) as archive:
        for info, content in entries:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_bomb(folder: Path) -> Path:
    """A gigabyte of zeros in a megabyte."""
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("manifest.json", MANIFEST)
        with archive.open("data.json", "w", force_zip64=True) as out:
            for _ in range(1024):
                out.write(bytes(MIB))
    return path


def lying_zip_bomb(folder: Path) -> Path:
    """A bomb whose directory states small sizes."""
    path = zip_bomb(folder)
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(content)
    return path


def nested_zip_bomb(folder: Path) -> Path:
    inner = zip_bomb(folder).read_bytes()
    return zipped(folder / "nested.zip", ("inner.zip", inner), ("more/inner.zip", inner))


def zip_with_link(folder: Path) -> Path:
    info = zipfile.ZipInfo("manifest.json")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped(folder / "a.zip", (info, b"/etc/passwd"))


def encrypted_zip(folder: Path) -> Path:
    path = zipped(folder / "a.zip", ("manifest.json", MANIFEST))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


def truncated(packed: Path, share: float = 0.5) -> Path:
    content = packed.read_bytes()
    packed.write_bytes(content[: int(len(content) * share)])
    return packed


def random_like(size: int) -> bytes:
    """Bytes that hardly compress, the same each time."""
    out, state = bytearray(), 12345
    while len(out) < size:
        state = (state * 1103515245 + 12345) % 2**31
        out += state.to_bytes(4, "big")
    return bytes(out[:size])


def damaged_zip(folder: Path) -> Path:
    """The directory is whole, the content of a file is not: its CRC tells."""
    path = zipped(folder / "a.zip", ("manifest.json", MANIFEST), ("data.bin", random_like(50_000)))
    content = bytearray(path.read_bytes())
    content[20_000:20_100] = bytes(100)
    path.write_bytes(content)
    return path


def unknown_method_zip(folder: Path) -> Path:
    path = zipped(folder / "a.zip", ("manifest.json", MANIFEST))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x03\x04") + 8] = 97
    content[content.index(b"PK\x01\x02") + 10] = 97
    path.write_bytes(content)
    return path


def many_entries_zip(folder: Path) -> Path:
    return zipped(folder / "a.zip", *((f"data/{i}.json", b"") for i in range(10_002)))


def endless_directory_zip(folder: Path) -> Path:
    """A directory of a million entries, which an unpacker would first hold in memory."""
    path = zipped(folder / "a.zip", ("a", b""))
    content = path.read_bytes()
    at, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entry, tail = content[at:end], bytearray(content[end:])
    tail[8:16] = struct.pack("<HHI", 65535, 65535, len(entry) * 1_000_000)
    path.write_bytes(content[:at] + entry * 1_000_000 + bytes(tail))
    return path


def tar_header_bomb(folder: Path) -> Path:
    """A long-name header that states, and compresses, a gigabyte: tar readers hold it in memory."""
    path = folder / "a.tar.gz"
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1024 * MIB
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(info.tobuf(tarfile.GNU_FORMAT))
        for _ in range(1024):
            out.write(bytes(MIB))
    return path


def tar_bomb(folder: Path) -> Path:
    path = folder / "a.tar.gz"
    info = member("data.json")
    info.size = 1024 * MIB
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(info.tobuf())
        for _ in range(1024):
            out.write(bytes(MIB))
    return path


def sparse_tar(folder: Path) -> Path:
    """A sparse file that states a terabyte and holds nothing."""
    info = member("data.json", tarfile.GNUTYPE_SPARSE)
    info.size = 0
    content = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    content[483:495] = b"\x80" + (2**40).to_bytes(11, "big")
    content[148:156] = b" " * 8
    content[148:156] = b"%06o\0 " % sum(content[:512])
    path = folder / "a.tar"
    path.write_bytes(bytes(content) + bytes(1024))
    return path


def names(*entries: str) -> Packer:
    return lambda folder: zipped(folder / "a.zip", *((name, MANIFEST) for name in entries))


def tar_names(*entries: tuple[str, bytes, str]) -> Packer:
    return lambda folder: tarred(folder / "a.tar.gz", *((member(n, k, t), b"") for n, k, t in entries))


HOSTILE: dict[str, tuple[Packer, str]] = {
    "zip bomb": (zip_bomb, "usage.archive_bomb"),
    "zip bomb that lies of its size": (lying_zip_bomb, "usage.archive_broken"),
    "nested zip bomb": (nested_zip_bomb, "usage.no_manifest"),
    "zip: path traversal": (names("../../etc/cron.d/x"), "usage.archive_escape"),
    "zip: path traversal inside": (names("data/../../x"), "usage.archive_escape"),
    "zip: absolute path": (names("/etc/cron.d/x"), "usage.archive_escape"),
    "zip: Windows drive": (names("C:\\Windows\\x"), "usage.archive_escape"),
    "zip: Windows traversal": (names("..\\..\\x"), "usage.archive_escape"),
    "zip: network path": (names("\\\\server\\share\\x"), "usage.archive_escape"),
    "zip: no name": (names("./"), "usage.no_manifest"),
    "zip: long name": (names("x" * 300), "usage.archive_broken"),
    "zip: symbolic link": (zip_with_link, "usage.archive_link"),
    "zip: same name twice": (names("manifest.json", "manifest.json"), "usage.archive_repeated"),
    "zip: same place twice": (names("data/a.json", "data//./a.json"), "usage.archive_repeated"),
    "zip: names that differ in case": (names("a.json", "A.json"), "usage.archive_repeated"),
    "zip: a file where a folder is": (names("data", "data/a.json"), "usage.archive_broken"),
    "zip: encrypted": (encrypted_zip, "usage.archive_encrypted"),
    "zip: truncated": (lambda f: truncated(damaged_zip(f)), "usage.archive_broken"),
    "zip: damaged": (damaged_zip, "usage.archive_broken"),
    "zip: unknown method": (unknown_method_zip, "usage.archive_broken"),
    "zip: too many files": (many_entries_zip, "usage.archive_entries"),
    "zip: endless directory": (endless_directory_zip, "usage.archive_entries"),
    "tar: traversal": (tar_names(("../x", tarfile.REGTYPE, "")), "usage.archive_escape"),
    "tar: absolute path": (tar_names(("/tmp/x", tarfile.REGTYPE, "")), "usage.archive_escape"),
    "tar: symbolic link": (tar_names(("manifest.json", tarfile.SYMTYPE, "/etc/passwd")), "usage.archive_link"),
    "tar: hard link": (tar_names(("manifest.json", tarfile.LNKTYPE, "/etc/passwd")), "usage.archive_link"),
    "tar: character device": (tar_names(("manifest.json", tarfile.CHRTYPE, "")), "usage.archive_link"),
    "tar: block device": (tar_names(("manifest.json", tarfile.BLKTYPE, "")), "usage.archive_link"),
    "tar: pipe": (tar_names(("manifest.json", tarfile.FIFOTYPE, "")), "usage.archive_link"),
    "tar: link, then a file through it": (
        tar_names(("data", tarfile.SYMTYPE, "/tmp"), ("data/x", tarfile.REGTYPE, "")), "usage.archive_link"),
    "tar: same name twice": (tar_names(*[("a", tarfile.REGTYPE, "")] * 2), "usage.archive_repeated"),
    "tar: bomb": (tar_bomb, "usage.archive_bomb"),
    "tar: header bomb": (tar_header_bomb, "usage.archive_broken"),
    "tar: sparse terabyte": (sparse_tar, "usage.archive_bomb"),
    "gz: truncated": (lambda f: truncated(tarred(f / "a.tar.gz", (member("x"), random_like(50_000)))),
                      "usage.archive_broken"),
    "gz: cut in its first bytes": (lambda f: truncated(tar_bomb(f), 0.000002), "usage.archive_broken"),
    "gz: no tar inside": (lambda f: written(f / "a.json.gz", gzip.compress(b"{}" * 1000)), "usage.archive_broken"),
    "bz2: no tar inside": (lambda f: written(f / "a.tar.bz2", bz2.compress(b"{}" * 1000)), "usage.archive_broken"),
    "xz: truncated": (lambda f: truncated(written(f / "a.tar.xz", lzma.compress(random_like(9999)))),
                      "usage.archive_broken"),
    "gz: not gz after all": (lambda f: written(f / "a.tar.gz", b"\x1f\x8b" + b"x" * 1000), "usage.archive_broken"),
    "zip: not zip after all": (lambda f: written(f / "a.zip", b"PK\x03\x04" + b"x" * 1000), "usage.archive_broken"),
    "zip: empty": (lambda f: zipped(f / "a.zip"), "usage.no_manifest"),
}  # fmt: skip


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
