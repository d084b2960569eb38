"""openapi-core on a server that is asked without a network."""

import json
from dataclasses import dataclass
from urllib.parse import parse_qsl

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from fixtures.reference_sut.asked import Asked, Reply
from fixtures.reference_sut.reference import Reference

ORIGIN = "http://test.example"
READERS = dict.fromkeys(("application/problem+json", "application/vnd.oai.openapi+json"), json.loads)


class Call:
    """A request in the form that openapi-core takes."""

    content_type = "application/json"
    host_url = ORIGIN

    def __init__(self, asked: Asked) -> None:
        self.path, self.method, self.body = asked.path, asked.method.lower(), asked.body or None
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(asked.query, keep_blank_values=True)), header=Headers(asked.headers)
        )


@dataclass
class Got:
    """An answer in the form that openapi-core takes."""

    status_code: int
    content_type: str
    headers: Headers
    data: bytes


class Contract:
    """The document that a server gives out, and its answers held against it."""

    def __init__(self, server: Reference) -> None:
        self.server = server
        self.document = json.loads(self.ask("/openapi.json").body)
        here = {**self.document, "servers": [{"url": f"{ORIGIN}{server.base}"}]}
        self.openapi = OpenAPI.from_dict(here, config=Config(extra_media_type_deserializers=READERS))

    def ask(self, path: str, query: str = "", method: str = "GET", body: bytes = b"", **headers: str) -> Reply:
        return self.server.handle(self.asked(path, query, method, body, headers))

    def asked(self, path: str, query: str, method: str, body: bytes, headers: dict[str, str]) -> Asked:
        return Asked(method, f"{self.server.base}{path}", query, headers, ORIGIN, body)

    def holds(self, path: str, query: str = "", method: str = "GET", body: bytes = b"", **headers: str) -> Reply:
        """The answer. Raises an OpenAPIError when it is not as the document says."""
        asked = self.asked(path, query, method, body, headers)
        reply = self.server.handle(asked)
        media = (reply.media or "").partition(";")[0].lower()
        self.openapi.validate_response(
            Call(asked), Got(reply.status, media, Headers(list(reply.headers.items())), reply.body)
        )
        return reply
