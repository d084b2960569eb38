"""Takes secrets out of texts before anything is written.

What is called like a secret is taken out by its name; what a secret is, by its value, wherever and however
it stands. In its place goes a marker keyed with a key of this run: equal secrets look equal, and nobody can
try out guesses without the key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote_plus

from validator.api.needles import Needle, needles, replaced

MARKER = re.compile(r"\[redacted:[0-9a-f]{12}\]")
_HEADER = re.compile(
    r"^(?:proxy-)?authorization$|^(?:set-)?cookie2?$"
    r"|(?:^|-)(?:token|secret|password|passwd|pwd|api-?key|apikey|access-?key|auth|session|session-?id"
    r"|credentials?|signature|jwt|assertion)$|^x-(?:.*-)?(?:token|secret|auth|session)(?:-|$)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"^(Basic|Bearer|Digest|DPoP|Negotiate|Token|ApiKey)[ \t]+(.+)$", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r'"((?:[^"\\]|\\.){1,200})"\s*:')
_MEMBER = re.compile(r'("((?:[^"\\]|\\.){1,200})"\s*:\s*)("(?:[^"\\]|\\.)*"?|-?[0-9][0-9.eE+-]*)')
_PARAMETER = re.compile(r"((?:^|[?&;#]|&amp;)([^=&;\s?#\"'<>{}]{1,200})=)([^&;\s\"'<>#\\]+)")
_SECRET_NAME = re.compile(
    r"(?:token|secret|password|passwd|passphrase|apikey|accesskey|privatekey|secretkey|jwt|assertion"
    r"|amzsignature|amzcredential|googsignature|googcredential|sessionid|authorization)$"
    r"|^(?:sig|pwd|pass|sid|session|auth|credentials?|jsessionid|phpsessid|authcode|codeverifier|devicecode)$"
)
_PAGING = re.compile(r"page|next|continu|cursor|sync|resume|skip")
_USER = re.compile(r"(?<=://)([^/\s@\"'<>?#]+)(?=@)")
_BEARER = re.compile(r"(\bBearer\s+)([A-Za-z0-9._~+/-]{12,}=*)", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*")
_BASIC = re.compile(r"(\bBasic\s+)([A-Za-z0-9+/]{8,}={0,2})(?![A-Za-z0-9+/=])")


class Redactor:
    """`headers`: further names (lower case) whose values are secret. Learns secrets as they come up."""

    def __init__(self, known: Iterable[str] = (), headers: Iterable[str] = (), key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)
        self._headers = frozenset(headers)
        self._needles: dict[str, tuple[Needle, ...]] = {}
        for secret in known:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """From now on this value is taken out wherever it stands."""
        if secret and secret not in self._needles:
            found = {**self._needles, secret: needles(secret)}
            # The longer first: a secret may hold another.
            self._needles = dict(sorted(found.items(), key=lambda item: -len(item[0])))

    def learn_headers(self, names: Iterable[str]) -> None:
        """Further headers (lower case) whose values are secret."""
        self._headers |= frozenset(names)

    def marker(self, value: str) -> str:
        """What stands in place of a value."""
        return f"[redacted:{hmac.new(self._key, value.encode('utf-8', 'replace'), hashlib.sha256).hexdigest()[:12]}]"

    def header(self, name: str, value: str) -> tuple[str, str]:
        """A header field; its name stays, and so does the scheme of an Authorization."""
        if not (name.lower() in self._headers or _HEADER.search(name)):
            return self.text(name), self.text(value)
        scheme = _SCHEME.match(value)
        if scheme:
            return self.text(name), f"{scheme[1]} {self.marker(scheme[2].strip())}"
        return self.text(name), self.marker(value) if value else value

    def text(self, text: str) -> str:
        """A text: URL, body, header value, word of an error."""
        for secret, found in self._needles.items():
            text = replaced(text, found, lambda _, secret=secret: self.marker(secret))  # type: ignore[misc]
        if any(_is_secret(_json_string(f'"{name}"')) for name in set(_NAME.findall(text))):
            text = _MEMBER.sub(self._member, text)
        if "=" in text:
            text = _PARAMETER.sub(self._parameter, text)
        if "@" in text:
            text = _USER.sub(lambda match: self._once(match[1]), text)
        lower = text.lower()
        if "bearer" in lower:
            text = _BEARER.sub(lambda match: match[1] + self.marker(match[2]), text)
        if "basic" in lower:
            text = _BASIC.sub(self._basic, text)
        return _JWT.sub(lambda match: self.marker(match[0]), text) if "eyJ" in text else text

    def body(self, body: bytes) -> tuple[bytes, bool]:
        """A body with secrets taken out, and whether it is text (UTF-8 without NUL)."""
        if b"\0" not in body:
            try:
                return self.text(body.decode()).encode(), True
            except UnicodeDecodeError:
                pass
        return self._binary(body), False

    def _binary(self, body: bytes) -> bytes:
        for secret in self._needles:
            for encoding in ("utf-16-le", "utf-16-be"):
                body = body.replace(secret.encode(encoding), self.marker(secret).encode(encoding))
        return self.text(body.decode("latin-1")).encode("latin-1")

    def _member(self, match: re.Match[str]) -> str:
        name, value = _json_string(f'"{match[2]}"'), match[3]
        if not _is_secret(name) or value == '""':
            return match[0]
        return f'{match[1]}"{self._once(_json_string(value))}"'

    def _parameter(self, match: re.Match[str]) -> str:
        if not _is_secret(unquote_plus(match[2])):
            return match[0]
        return match[1] + self._once(unquote_plus(match[3]))

    def _basic(self, match: re.Match[str]) -> str:
        """Words after "Basic" that are no user and password stay."""
        try:
            pair = base64.b64decode(match[2] + "=" * (-len(match[2]) % 4))
        except ValueError:
            return match[0]
        return match[1] + self.marker(match[2]) if b":" in pair else match[0]

    def _once(self, value: str) -> str:
        """The marker of a value; a value that is a marker already stays."""
        return value if MARKER.fullmatch(value) else self.marker(value)


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return bool(_SECRET_NAME.search(plain)) and not _PAGING.search(plain)


def _json_string(text: str) -> str:
    if "\\" not in text:
        return text.strip('"')
    try:
        return str(json.loads(text))
    except ValueError:
        return text.strip('"')
