"""A live run, once more: the very suites ask a player, which answers from the record; no network, no waiting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from validator.api.journal import FILE as JOURNAL
from validator.api.opening import BODIES, EXCHANGES, LiveOptions
from validator.api.outcomes import Unsettled
from validator.api.player import Player
from validator.api.sightings import FILE as SIGHTINGS
from validator.bundle.live import CLAIMS, WATCH
from validator.bundle.opened import Bundle
from validator.errors import EvidenceError
from validator.live import examine_live
from validator.messages import message
from validator.model.standard import ConformanceClass
from validator.replay.compare import Difference, journals


def run_again(bundle: Bundle, scratch: Path) -> tuple[dict[str, Any], tuple[Difference, ...]]:
    """The report as it comes out now, and what of the record was not asked for or was settled otherwise. Raises
    EvidenceError when the record is not that of a run."""
    options = bundle.description["options"]
    for name in (EXCHANGES, JOURNAL):
        if not (bundle.folder / name).is_file():
            raise EvidenceError("bundle.missing", {"member": name})
    player = Player(bundle.folder / EXCHANGES, bundle.folder / BODIES, bundle.lines(SIGHTINGS), options["roles"])
    folder = scratch / "again"
    folder.mkdir()
    try:
        report = examine_live(bundle.description["subject"]["name"], _options(bundle, player), folder)
    except Unsettled as fault:
        reason = message("findings", fault.message_id, fault.params).en
        raise EvidenceError("replay.stopped", {"reason": reason}) from fault
    unasked = [Difference("unasked", f"{EXCHANGES}: {number}", "∅") for number in player.playback.left[:10]]
    if player.sightings.left:
        unasked.append(Difference("unasked", f"{SIGHTINGS}: {player.sightings.left}", "∅"))
    return report, (*unasked, *journals(bundle.folder / JOURNAL, folder / JOURNAL))


def looks(bundle: Bundle) -> int:
    """How many looks at TLS are taken from the record as they were seen: a handshake cannot be made again."""
    if not (bundle.folder / SIGHTINGS).is_file():
        raise EvidenceError("bundle.missing", {"member": SIGHTINGS})
    return sum(1 for line in bundle.lines(SIGHTINGS) if line.get("what") not in ("now", "supporting"))


def _options(bundle: Bundle, player: Player) -> LiveOptions:
    given, folder = bundle.description["options"], bundle.folder
    claims, watch = folder / CLAIMS, folder / WATCH
    return LiveOptions(
        standards=tuple(given["standards"]),
        conformance_class=ConformanceClass(given["class"]) if given["class"] else None,
        manifest=orjson.loads(claims.read_bytes()) if claims.is_file() else None,
        seed=given["seed"],
        allow_writes=given["allow_writes"],
        verify=given["verify"],
        http_port=given["http_port"],
        budget=given["budget"],
        timeout=given["timeout"],
        watch_log=watch if watch.is_file() else None,
        profile=given["profile"],
        player=player,
        clock=player.clock,
    )
