"""The second verifier: one HTML file without dependencies, put together from the parts in `page/`.

It works from a folder or a USB stick without network: its Content-Security-Policy allows its own style
and script by their hashes, and nothing else. `pinned` fixes files in it that its publisher vouches for,
such as the issuer's keys, which then need not be handed in. `python -m validator.certificate.verifier_page`
writes `page/verify.html` anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from validator.messages import catalogue
from validator.model.text import LANGUAGES

HERE: Final = Path(__file__).resolve().parent
PARTS: Final = HERE / "page"
PAGE: Final = PARTS / "verify.html"
TEXTS: Final = "verifier"
SCHEMA: Final = HERE / "certificate.schema.json"


def page(pinned: Mapping[str, str] | None = None) -> str:
    """The page; `pinned` are texts of files by their names."""
    style, script = _read("style.css"), _script()
    allowed = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    holes = {
        "policy": allowed, "title": catalogue(TEXTS, "vi")["page.title"], "style": style, "script": script,
        **{name: _embedded(value) for name, value in data(pinned).items()},
    }  # fmt: skip
    made = _read("frame.html")
    for name, content in holes.items():
        before, _, after = made.partition(f"%{name}%")
        made = before + content + after
    return made


def data(pinned: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the script finds beside it in the page."""
    texts = {lang: dict(catalogue(TEXTS, lang)) for lang in LANGUAGES}
    return {"texts": texts, "schema": json.loads(SCHEMA.read_text("utf-8")), "pinned": dict(pinned or {})}


def _script() -> str:
    parts = sorted((PARTS / "parts").glob("*.js"))
    return '"use strict";\n' + "\n".join(part.read_text("utf-8") for part in parts)


def _read(name: str) -> str:
    return (PARTS / name).read_text("utf-8")


def _embedded(value: Any) -> str:
    """JSON that no HTML parser takes for markup."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
