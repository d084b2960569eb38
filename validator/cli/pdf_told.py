"""How the check of a signed PDF is told: for each signature its signer, time, integrity and path; the verdict last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from validator.certificate.moments import stamp
from validator.cli.words import explain
from validator.errors import EvidenceError
from validator.messages import catalogue, fill
from validator.report.wording import moment

if TYPE_CHECKING:
    from validator.certificate.pades_check import Signed
    from validator.certificate.pades_seen import Seen


def told(lang: str, found: Sequence[Signed]) -> Iterator[str]:
    """The lines of a good document."""
    texts = catalogue("certificate_pdf", lang)
    for one in found:
        said = {"field": one.field, "signer": one.signer, "level": one.level.value}
        at = fill(texts["check.stamped" if one.level.stamped else "check.said"], {"at": _at(one.at, lang)})
        yield fill(texts["check.good"], {**said, "at": at})
        yield f"  {_path(one.path, texts)}"
    yield texts["check.all"]


def refused(lang: str, fault: EvidenceError, found: Sequence[Seen]) -> Iterator[str]:
    """The lines of one that is refused: what its signatures say of themselves, and why that is not enough."""
    texts = catalogue("certificate_pdf", lang)
    for one in found:
        said = {"field": one.field, "signer": one.signer, "at": fill(texts["check.said"], {"at": _at(one.at, lang)})}
        yield fill(texts["check.seen"], {**said, "whole": texts["check.whole" if one.whole else "check.not_whole"]})
        yield f"  {_path(one.path, texts)}"
    if not found:
        yield texts["check.nothing_seen"]
    reason = str(fault.params.get("reason", ""))
    known = {"reason": texts[f"why.{reason}"]} if f"why.{reason}" in texts else {}
    yield fill(
        texts["check.refused"], {"why": explain(lang, EvidenceError(fault.message_id, {**fault.params, **known}))}
    )


def _at(at: datetime | None, lang: str) -> str:
    return moment(stamp(at), lang) if at else catalogue("certificate_pdf", lang)["check.no_time"]


def _path(path: Sequence[str], texts: Mapping[str, str]) -> str:
    return fill(texts["check.path"], {"path": " → ".join(path)}) if path else texts["check.no_path"]
