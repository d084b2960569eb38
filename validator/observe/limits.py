"""Bounds on what a submission may cost; each is told in the finding or error that it causes."""

from __future__ import annotations

from typing import Final

MIB: Final = 1024 * 1024

MAX_RECORD_BYTES: Final = 16 * MIB
MAX_RECORD_COST: Final = 1_000_000
MAX_DEPTH: Final = 64
MAX_DOCUMENT_BYTES: Final = MIB
MAX_MANIFEST_BYTES: Final = 16 * MIB
MAX_SKIPPED_BYTES: Final = 64 * MIB
MAX_COLUMNS: Final = 2_000
MAX_ARCHIVE_ENTRIES: Final = 10_000
MAX_ARCHIVE_BYTES: Final = 64 * 1024 * MIB
MAX_ARCHIVE_RATIO: Final = 200
MAX_ARCHIVE_HEADER: Final = MIB
RATIO_GRACE_BYTES: Final = 64 * MIB
BATCH_RECORDS: Final = 4096
BATCH_BYTES: Final = 4 * MIB
UNIT_BYTES: Final = 32 * MIB
WINDOW_BYTES: Final = 16 * MIB
