"""The network side of httpcore: dials what the guard allows and holds every read and write to one deadline.

httpcore's own timeouts hold for single reads, so a server that drips a byte a second would never end.
"""

from __future__ import annotations

import errno
import logging
import select
import socket
import ssl
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore

from validator.api.addresses import Address
from validator.api.fault import Fault
from validator.api.guard import Guard
from validator.api.tls import reason
from validator.model.exchange import Failure

# Its debug log would show headers as they come, secrets included.
logging.getLogger("httpcore").setLevel(logging.CRITICAL)
HEAD = 64


@dataclass(slots=True)
class Attempt:
    """One try of one exchange: until when, did it open a connection, and what came first."""

    deadline: float
    connected: bool = False
    received: int = 0
    head: bytes = b""

    def left(self, doing: str) -> float:
        """Seconds left. Raises Fault (timeout)."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Fault(Failure.TIMEOUT, doing)
        return left

    def took(self, data: bytes) -> None:
        """Keeps how much came, and its beginning."""
        self.received += len(data)
        if len(self.head) < HEAD:
            self.head += data[: HEAD - len(self.head)]


ATTEMPT: ContextVar[Attempt] = ContextVar("attempt")


def dial(guard: Guard, host: str, port: int, attempt: Attempt) -> socket.socket:
    """A TCP connection to an address that the guard has tested. Raises Fault."""
    addresses = guard.addresses(host, port, attempt.left("dns"))
    fault = Fault(Failure.REFUSED, "no address")
    for index, address in enumerate(addresses):
        share = attempt.left("connect") / (len(addresses) - index)
        try:
            sock = _connect(address, port, share)
        except TimeoutError:
            fault = Fault(Failure.TIMEOUT, "connect")
        except OSError as error:
            fault = Fault(Failure.REFUSED, errno.errorcode.get(error.errno or 0, "connect"))
        else:
            attempt.connected = True
            return sock
    raise fault


def _connect(address: Address, port: int, timeout: float) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect((str(address), port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def secure(sock: socket.socket, context: ssl.SSLContext, host: str, attempt: Attempt) -> ssl.SSLSocket:
    """The TLS handshake, in what time is left (the library counts it as a whole). Raises Fault."""
    try:
        sock.settimeout(attempt.left("tls"))
        return context.wrap_socket(sock, server_hostname=host)
    except TimeoutError:
        sock.close()
        raise Fault(Failure.TIMEOUT, "tls") from None
    except (OSError, ValueError) as error:
        sock.close()
        raise Fault(Failure.TLS, reason(error)) from None
    except BaseException:
        sock.close()
        raise


class BoundedStream(httpcore.NetworkStream):
    """A socket whose every operation ends with the attempt under way."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 (the deadline rules)
        attempt = ATTEMPT.get()
        try:
            self._socket.settimeout(attempt.left("read"))
            data = self._socket.recv(max_bytes)
        except TimeoutError:
            raise Fault(Failure.TIMEOUT, "read") from None
        except ssl.SSLError as error:
            # TLS 1.3 servers refuse a client's certificate only after the handshake.
            raise Fault(Failure.TLS, reason(error)) from None
        except OSError as error:
            raise httpcore.ReadError(errno.errorcode.get(error.errno or 0, "read")) from None
        attempt.took(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        attempt = ATTEMPT.get()
        try:
            while buffer:
                self._socket.settimeout(attempt.left("write"))
                buffer = buffer[self._socket.send(buffer) :]
        except TimeoutError:
            raise Fault(Failure.TIMEOUT, "write") from None
        except OSError as error:
            raise httpcore.WriteError(errno.errorcode.get(error.errno or 0, "write")) from None

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return BoundedStream(secure(self._socket, ssl_context, server_hostname or "", ATTEMPT.get()))

    def get_extra_info(self, info: str) -> Any:
        return self._is_readable() if info == "is_readable" else None

    def _is_readable(self) -> bool:
        """Between requests there is something to read only when the server has closed."""
        number = self._socket.fileno()
        if number < 0:
            return True
        poll = select.poll()
        poll.register(number, select.POLLIN)
        return bool(poll.poll(0))


class GuardedBackend(httpcore.NetworkBackend):
    """Opens every connection of the client."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return BoundedStream(dial(self._guard, host, port, ATTEMPT.get()))
