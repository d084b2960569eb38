"""How large a document becomes when every local reference is written out: small ones can unfold without end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

MOST: Final = 200_000
DEEPEST: Final = 200


def unfolds_to(document: Mapping[str, Any]) -> int:
    """Nodes after writing out; a reference that leads back to itself counts once. Above MOST, some number above it."""
    return _Count(document).of(document, 0)


class _Count:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.sizes: dict[str, int] = {}

    def of(self, node: Any, depth: int) -> int:
        if depth > DEEPEST:
            return MOST + 1
        if isinstance(node, Mapping):
            target = node.get("$ref")
            total = self._referred(target, depth) if isinstance(target, str) else 1
            members = list(node.values())
        elif isinstance(node, list):
            total, members = 1, node
        else:
            return 1
        for member in members:
            if total > MOST:
                break
            total += self.of(member, depth + 1)
        return total

    def _referred(self, target: str, depth: int) -> int:
        if target not in self.sizes:
            self.sizes[target] = 1  # while it is looked at: a circle ends here
            self.sizes[target] = self.of(self._at(target), depth + 1)
        return self.sizes[target]

    def _at(self, target: str) -> Any:
        node: Any = self.document
        if not target.startswith("#/"):
            return None
        for step in target[2:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            node = node.get(name) if isinstance(node, Mapping) else None
        return node
