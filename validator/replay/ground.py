"""What a certificate rests on, recomputed before it is signed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from validator.errors import EvidenceError
from validator.gate.waivers import unwaived
from validator.replay.replay import replay


def recomputed(report: Mapping[str, Any], bundle: Path) -> str:
    """The digest of the bundle, after all of this report came out of it again; waivers were applied later.

    Raises:
        EvidenceError: the bundle was changed, leads elsewhere, or is the evidence of another report.
        UsageError: there is no bundle, or it does not hold the data.
    """
    again, stated = replay(bundle), unwaived(report)["digest"]
    if again.differences:
        raise EvidenceError("certificate.not_recomputed", {"count": len(again.differences)})
    if again.now != stated:
        raise EvidenceError("certificate.other_evidence", {"found": again.now, "stated": stated})
    return again.bundle
