"""An executable that stands in for schemathesis: it leaves recorded events, and what it was given."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "recorded" / "schemathesis.ndjson"
SCRIPT = """\
#!{python}
import json, os, pathlib, shutil, sys, time
given = {{
    "arguments": pathlib.Path("/proc/self/cmdline").read_text().split("\\0"),
    "environment": dict(os.environ),
    "config": pathlib.Path("schemathesis.toml").read_text(),
    "document": json.loads(pathlib.Path("openapi.json").read_text()),
}}
pathlib.Path({seen!r}).write_text(json.dumps(given))
shutil.copy({events!r}, "events.ndjson")
print({words!r})
time.sleep({sleep})
sys.exit({code})
"""


@dataclass(frozen=True)
class StandIn:
    """The executable, and the file in which it says what it was given."""

    executable: Path
    seen: Path

    def given(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.seen.read_text("utf-8"))
        return found


def stand_in(folder: Path, events: str | None = None, words: str = "", sleep: float = 0, code: int = 1) -> StandIn:
    """One that ends with `code` after `sleep` seconds, having left `events` (those recorded when None)."""
    made = StandIn(folder / "schemathesis", folder / "given.json")
    left = folder / "left.ndjson"
    left.write_text(RECORDED.read_text("utf-8") if events is None else events, "utf-8")
    values = {"python": sys.executable, "seen": str(made.seen), "events": str(left)}
    made.executable.write_text(SCRIPT.format(**values, words=words, sleep=sleep, code=code), "utf-8")
    made.executable.chmod(0o755)
    return made
