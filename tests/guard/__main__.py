"""`python -m tests.guard` counts anew and keeps what it finds."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.guard.cost import KEPT, SCENARIOS, TOTAL, apart


def main() -> None:
    found = {}
    for scenario in SCENARIOS:
        with tempfile.TemporaryDirectory() as folder:
            found[scenario] = apart(scenario, Path(folder))
        print(f"{scenario}: {found[scenario][TOTAL]} calls a record")
    KEPT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
