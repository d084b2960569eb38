"""The guard against being used to reach what the one who asks may not reach (SSRF).

It works where the connection is made: a name is resolved once, every address is tested, and exactly a
tested address is dialled. What a name says before or after that does not matter.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from validator.api.addresses import Address, Network, is_loopback, is_metadata, is_public, within
from validator.api.fault import Fault
from validator.errors import UsageError
from validator.model.exchange import Failure

Resolver = Callable[[str, int], list[str]]


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses that this machine's resolver knows for a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Guard:
    """`networks` are open although they are not public; `loopback`: this machine is what is tested."""

    networks: tuple[Network, ...] = ()
    loopback: bool = False
    resolver: Resolver = system_resolver

    @classmethod
    def of(cls, base: str, networks: Iterable[str] = (), resolver: Resolver = system_resolver) -> Guard:
        """The guard for a run on `base`. Raises UsageError for a text that is no CIDR."""
        return cls(tuple(_network(text) for text in networks), names_loopback(_host(base)), resolver)

    def addresses(self, host: str, port: int, timeout: float) -> tuple[Address, ...]:
        """What may be dialled for a host, in the resolver's order. Raises Fault (dns, blocked, timeout).

        One address that may not be dialled closes the name altogether: no honest name mixes them.
        """
        literal = _literal(host)
        found = (literal,) if literal else self._resolved(host, port, timeout)
        for address in found:
            if not self._allows(host, address):
                raise Fault(Failure.BLOCKED, f"address {address}")
        return found

    def _allows(self, host: str, address: Address) -> bool:
        if is_metadata(address):
            return False
        if self.loopback and names_loopback(host) and is_loopback(address):
            return True
        return is_public(address) or within(address, self.networks)

    def _resolved(self, host: str, port: int, timeout: float) -> tuple[Address, ...]:
        texts = _in_time(lambda: self.resolver(host, port), timeout)
        try:
            found = tuple(ip_address(text) for text in texts)
        except ValueError:
            raise Fault(Failure.DNS, "not an address") from None
        if not found:
            raise Fault(Failure.DNS, "no address")
        return found


def names_loopback(host: str) -> bool:
    """Is this machine called by its plain name or address? `2130706433` and the like are no plain names."""
    literal = _literal(host)
    return is_loopback(literal) if literal else host.lower().rstrip(".") == "localhost"


def _in_time(ask: Callable[[], list[str]], timeout: float) -> list[str]:
    """The resolver of the C library knows no deadline, so it is left behind in its thread when it is late."""
    box: list[list[str] | OSError | UnicodeError] = []

    def work() -> None:
        try:
            box.append(ask())
        except (OSError, UnicodeError) as error:
            box.append(error)

    thread = threading.Thread(target=work, name="resolver", daemon=True)
    thread.start()
    thread.join(timeout)
    if not box:
        raise Fault(Failure.TIMEOUT, "dns")
    if isinstance(box[0], UnicodeError):
        raise Fault(Failure.DNS, "bad name")
    if isinstance(box[0], OSError):
        temporary = getattr(box[0], "errno", None) == socket.EAI_AGAIN
        raise Fault(Failure.DNS, "no resolver" if temporary else "unknown name")
    return box[0]


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _network(text: str) -> Network:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        raise UsageError("usage.bad_network", {"text": text}) from None


def _host(base: str) -> str:
    try:
        return urlsplit(base).hostname or ""
    except ValueError:
        return ""
