"""openapi-core's opinion: it reads and resolves a system's document, and looks again at single exchanges.

It is asked only about exchanges that a finding rests on, since it is some hundred times slower than
the compiled validators. It knows no `+json` media types by itself and wants the tested address among
the servers; both are given to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from validator.api.unfolding import MOST, unfolds_to
from validator.model.exchange import Exchange

VALID: Final = "valid"
INVALID: Final = "invalid"
LONGEST_BODY: Final = 256 * 1024
LONGEST_REASON: Final = 300
JSON_TYPES: Final = (
    "application/problem+json",
    "application/geo+json",
    "application/vnd.oai.openapi+json",
    "application/schema+json",
)


class _Request:
    """An exchange's call in the shape that openapi-core reads."""

    def __init__(self, exchange: Exchange) -> None:
        split = urlsplit(exchange.call.target)
        self.host_url = f"{split.scheme}://{split.netloc}"
        self.path = split.path
        self.method = exchange.call.method.lower()
        self.body = exchange.call.body
        self.content_type = next((v for k, v in exchange.call.headers if k.lower() == "content-type"), "")
        query = ImmutableMultiDict(parse_qsl(split.query, keep_blank_values=True))
        self.parameters = RequestParameters(query=query, header=Headers(list(exchange.call.headers)))


class _Response:
    """An exchange's answer in the shape that openapi-core reads."""

    def __init__(self, exchange: Exchange) -> None:
        assert exchange.answer is not None
        self.data = exchange.answer.body
        self.status_code = exchange.answer.status
        self.content_type = exchange.answer.header("content-type") or ""
        self.headers = Headers(list(exchange.answer.headers))


@dataclass(frozen=True, slots=True)
class Opinion:
    """`valid` or `invalid` with openapi-core's reason; None where it has no opinion."""

    word: str | None
    reason: str = ""


class SecondOpinion:
    """One document, at the address under test. Raises ValueError when openapi-core cannot read it."""

    def __init__(self, document: Mapping[str, Any], base: str) -> None:
        if unfolds_to(document) > MOST:  # the library would write it out for hours
            raise ValueError(f"the document unfolds to more than {MOST} nodes")
        given = {**document, "servers": [{"url": base.rstrip("/")}]}
        readers: dict[str, Callable[[bytes], Any]] = dict.fromkeys(JSON_TYPES, json.loads)
        try:
            self.core = OpenAPI.from_dict(given, config=Config(extra_media_type_deserializers=readers))
        except Exception as fault:  # whatever a document of the subject makes the library raise
            raise ValueError(_reason(fault)) from fault

    def of(self, exchange: Exchange) -> Opinion:
        """What it says of one exchange."""
        answer = exchange.answer
        if answer is None or len(answer.body) > LONGEST_BODY or exchange.call.method == "HEAD":
            return Opinion(None)
        try:
            self.core.validate_response(_Request(exchange), _Response(exchange))
        except Exception as fault:  # noqa: BLE001 - its verdict comes as exceptions of many kinds
            return Opinion(INVALID, _reason(fault))
        return Opinion(VALID)


def _words(said: object) -> str:
    """Its text; some of the library's faults decode the subject's body for theirs, and fail at that."""
    try:
        return str(said)
    except Exception as unsaid:  # noqa: BLE001 - whatever a body makes of it
        return type(unsaid).__name__


def _reason(fault: BaseException) -> str:
    parts = [f"{type(fault).__name__}: {_words(fault)}"]
    cause = fault.__cause__ or fault.__context__
    errors = getattr(cause, "schema_errors", None) or getattr(fault, "schema_errors", None)
    for error in list(errors or ())[:3]:
        parts.append(_words(getattr(error, "message", error)))
    return "; ".join(" ".join(part.split()) for part in parts)[:LONGEST_REASON]
