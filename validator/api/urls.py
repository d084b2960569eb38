"""Addresses of requests: resolved against the base, sane, in ASCII."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from validator.api.fault import Fault
from validator.model.exchange import Failure

PORTS = {"http": 80, "https": 443}
_SAFE = "%:/?#[]@!$&'()*+,;=-._~"
LONGEST = 16 * 1024


@dataclass(frozen=True, slots=True)
class Url:
    """`target` is what goes into the request line; `host` is in ASCII and without brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """As in the Host header: brackets around IPv6, no usual port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if PORTS[self.scheme] == self.port else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def parse(text: str) -> Url:
    """An absolute http or https URL. Raises Fault (blocked) with the word `scheme`, `user`, `host`, `port` or `url`."""
    try:
        text.encode()  # a link from JSON may hold half of a surrogate pair
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise Fault(Failure.BLOCKED, "port" if "ort" in str(error) else "url") from None
    if parts.scheme not in PORTS:
        raise Fault(Failure.BLOCKED, "scheme")
    if "@" in parts.netloc:
        raise Fault(Failure.BLOCKED, "user")
    if port == 0 or len(text) > LONGEST:
        raise Fault(Failure.BLOCKED, "port" if port == 0 else "url")
    path = quote(parts.path, safe=_SAFE) or "/"
    query = f"?{quote(parts.query, safe=_SAFE)}" if "?" in text.partition("#")[0] else ""
    return Url(parts.scheme, _ascii(parts.hostname or ""), port or PORTS[parts.scheme], path + query)


def resolve(base: str, target: str) -> Url:
    """`target` against `base` as RFC 3986 has it: `items` continues the base's path, `/items` starts anew."""
    try:
        # urljoin would take the base's host for `http:///x`.
        joined = target if urlsplit(target.strip()).scheme else urljoin(base.rstrip("/") + "/", target.strip())
    except ValueError:
        raise Fault(Failure.BLOCKED, "url") from None
    return parse(joined)


def _ascii(host: str) -> str:
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise Fault(Failure.BLOCKED, "host") from None
    if not name or any(letter <= " " or letter in '\\<>"^`{|}%\x7f' for letter in name):
        raise Fault(Failure.BLOCKED, "host")
    return name
