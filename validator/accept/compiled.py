"""How functions of the accept filter are compiled: once for a machine and a version, then read from a cache.

Inlined, because what they do with a byte costs less than a call. The cache lies in a folder named by
the digest of this package's source: the compiler itself looks only at the file of the function that
is called, not at those of the functions inlined into it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from numba import config, njit

OURS_ALONE: Final = 0o700


@cache
def cache_folder() -> str | None:
    """The folder of the user's cache that belongs to this very source; None where none is ours alone."""
    source = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        source.update(path.read_bytes())
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")  # noqa: PTH111, PTH118
    folder = Path(home) / "lienthong" / source.hexdigest()[:16]
    try:
        folder.mkdir(mode=OURS_ALONE, parents=True, exist_ok=True)
        seen = folder.stat()
    except OSError:
        return None
    private = seen.st_uid == os.geteuid() and not seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return str(folder) if private and os.access(folder, os.W_OK) else None


def compiled(function: Callable[..., Any]) -> Any:
    """The function, compiled when it is first called. Without a cache each process compiles anew."""
    settings: Any = config
    before, folder = settings.CACHE_DIR, cache_folder()
    settings.CACHE_DIR = folder or before
    try:
        return njit(cache=folder is not None, nogil=True, error_model="numpy", forceinline=True)(function)
    finally:
        settings.CACHE_DIR = before
