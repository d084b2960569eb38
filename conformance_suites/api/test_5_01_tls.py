"""VSC-API 5.1: TLS 1.2 or newer, a certificate that holds, old versions and plain HTTP refused."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from validator.api.collector import Collector
from validator.api.guard import names_loopback
from validator.api.outcomes import Unknown
from validator.api.sut import Sut

REQUIREMENT = "VSC-API-R01"
OLD = ("TLSv1.0", "TLSv1.1")
MODERN = ("TLSv1.2", "TLSv1.3")
REDIRECTS = (301, 308)
HTTPS_PORT, HTTP_PORT = 443, 80


def place(sut: Sut, find: Collector) -> tuple[str, int] | None:
    """Host and port of a TLS address; notes an address without TLS. Raises Unknown on this machine's own."""
    url = urlsplit(sut.context.base)
    host = url.hostname or ""
    if url.scheme == "https":
        return host, url.port or HTTPS_PORT
    if names_loopback(host):
        raise Unknown("live.loopback_http")
    find.looked()
    find("plain_http", expected="https://…", found=sut.context.base)
    return None


def test_R01_certificate_holds(sut: Sut, find: Collector) -> None:
    there = place(sut, find)
    if there is None:
        return
    seen = sut.context.looks.certificate(*there)
    if seen.valid is None:
        raise Unknown("live.no_handshake", reason=seen.reason)
    find.looked()
    if not seen.valid:
        find("certificate", reason=seen.reason, found=seen.not_after and seen.not_after.isoformat())


def test_R01_only_modern_versions(sut: Sut, find: Collector) -> None:
    there = place(sut, find)
    if there is None:
        return
    accepted = sut.context.looks.accepted_versions(*there)
    for version in OLD:
        if accepted[version] is None:
            find.cannot_tell("live.old_tls_not_tried", version=version)
            continue
        find.looked()
        if accepted[version]:
            find("old_version", version=version, expected="refused", found=version)
    find.looked()
    if not any(accepted[version] for version in MODERN):
        find("no_modern_version", expected=" | ".join(MODERN), found=", ".join(v for v, yes in accepted.items() if yes))


def test_R01_plain_http_only_redirects(sut: Sut, find: Collector) -> None:
    there = place(sut, find)
    if there is None:
        return
    host, port = there
    http_port = sut.context.http_port or (HTTP_PORT if port == HTTPS_PORT else None)
    if http_port is None:
        raise Unknown("live.no_http_port")
    seen = sut.context.looks.plain_http(host, http_port, urlsplit(sut.context.base).path or "/")
    find.looked()
    if seen.state != "answers" or seen.status is None or seen.status >= 400:
        return
    target = urljoin(f"http://{host}:{http_port}/", seen.location or "")
    if not 300 <= seen.status < 400:
        find("http_served", port=http_port, expected="301 | 308", found=seen.status)
    elif seen.status not in REDIRECTS or urlsplit(target).scheme != "https" or urlsplit(target).hostname != host:
        find("http_redirect", port=http_port, target=target, expected="301 | 308 → https://", found=seen.status)
