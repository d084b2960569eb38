"""Looks at a server's TLS on behalf of the suites; every look is a sighting of the run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from validator.api.guard import Guard
from validator.api.sightings import Sightings
from validator.api.tls import TlsSettings
from validator.api.tls_probe import Certificate, PlainHttp, accepted_versions, certificate, plain_http


@dataclass(frozen=True, slots=True)
class Looks:
    """The looks of `tls_probe`, guarded and written down."""

    guard: Guard
    tls: TlsSettings
    sightings: Sightings

    def certificate(self, host: str, port: int) -> Certificate:
        """The state of the certificate that is shown for a host name."""
        seen = self.sightings.look("certificate", [host, port], lambda: self._certificate(host, port))
        end = seen["not_after"]
        return Certificate(**{**seen, "not_after": end and datetime.fromisoformat(end)})

    def accepted_versions(self, host: str, port: int) -> dict[str, bool | None]:
        """For each version of TLS whether it is accepted; None: it could not be tried."""
        found: dict[str, bool | None] = self.sightings.look(
            "tls_versions", [host, port], lambda: accepted_versions(self.guard, host, port, settings=self.tls)
        )
        return found

    def plain_http(self, host: str, port: int, target: str) -> PlainHttp:
        """What a GET without TLS brings."""
        seen = self.sightings.look(
            "plain_http", [host, port, target], lambda: asdict(plain_http(self.guard, host, port, target))
        )
        return PlainHttp(**seen)

    def _certificate(self, host: str, port: int) -> dict[str, object]:
        seen = asdict(certificate(self.guard, host, port, self.tls))
        return {**seen, "not_after": seen["not_after"] and seen["not_after"].isoformat()}
