"""A system's own OpenAPI document: which operation an exchange belongs to, and what it says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

METHODS: Final = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document: its path template, method, and what stands there."""

    path: str
    method: str
    said: Mapping[str, Any]

    @property
    def statuses(self) -> frozenset[str]:
        responses = self.said.get("responses")
        return frozenset(str(status).upper() for status in responses) if isinstance(responses, Mapping) else frozenset()

    def documents(self, status: int) -> bool:
        """Whether a status is among its responses, by number or by class; `default` is for errors (OAS 3.1, 4.8.16)."""
        known = self.statuses
        if str(status) in known or f"{status // 100}XX" in known:
            return True
        return status >= 300 and "DEFAULT" in known


class Description:
    """Finds operations of a document by concrete path; concrete path items come before templates."""

    def __init__(self, document: Any) -> None:
        self.document: Mapping[str, Any] = document if isinstance(document, Mapping) else {}
        paths = self.document.get("paths")
        self.paths: Mapping[str, Any] = paths if isinstance(paths, Mapping) else {}

    def operations(self) -> Iterator[Operation]:
        for path, item in self.paths.items():
            for method in METHODS:
                if isinstance(item, Mapping) and isinstance(item.get(method), Mapping):
                    yield Operation(str(path), method, item[method])

    def find(self, method: str, path: str) -> Operation | None:
        """The operation of a path below the base, such as `/collections/a/items`."""
        wanted = urlsplit(path).path or "/"
        found = [o for o in self.operations() if o.method == method.lower() and _matches(o.path, wanted)]
        return min(found, key=lambda o: o.path.count("{"), default=None)


def _matches(template: str, path: str) -> bool:
    pattern = "/".join("[^/]+" if "{" in part else re.escape(part) for part in template.strip("/").split("/"))
    return re.fullmatch(pattern, path.strip("/")) is not None
