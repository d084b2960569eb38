"""Stand-in servers on loopback: each connection is handed to a function, so they can misbehave in any way."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Handler = Callable[[socket.socket, "Server"], None]


@dataclass
class Server:
    """What came in so far, and where it listens."""

    port: int
    scheme: str = "http"
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def base(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/vsc/v1"

    def wait(self) -> None:
        """Does nothing until the test is over."""
        self.stopped.wait(10)


@contextlib.contextmanager
def serving(handle: Handler, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that runs `handle` in a thread for each connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1], "https" if context else "http")
    threads: list[threading.Thread] = []
    live: set[socket.socket] = set()

    def one(sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            whole = context.wrap_socket(sock, server_side=True) if context else sock
            live.add(whole)
            with whole:
                handle(whole, server)
        sock.close()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = listener.accept()
                server.connections += 1
                threads.append(threading.Thread(target=one, args=(sock,), daemon=True))
                threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        server.stopped.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for sock in live:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in (acceptor, *threads):
            thread.join(5)


def read_request(sock: socket.socket, server: Server) -> bytes:
    """One whole request; empty when the client has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += sock.recv(65536)
    whole = head + b"\r\n\r\n" + body
    server.requests.append(whole)
    return whole


def answer(body: bytes = b"{}", status: int = 200, **headers: str) -> bytes:
    """A response with its length; `content_type="..."` and so on become headers."""
    fields = {"content_type": "application/json", "content_length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status} X", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def always(*responses: bytes) -> Handler:
    """Keeps the connection and answers with these in turn, then with the last again."""

    def handle(sock: socket.socket, server: Server) -> None:
        while read_request(sock, server):
            sock.sendall(responses[min(len(server.requests), len(responses)) - 1])

    return handle


def routed(pages: Callable[[str, str, dict[str, str]], bytes]) -> Handler:
    """Answers by method, target and headers (names in lower case)."""

    def handle(sock: socket.socket, server: Server) -> None:
        while request := read_request(sock, server):
            first, *lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            method, target, _ = first.split(" ")
            sock.sendall(pages(method, target, headers))

    return handle


def as_json(document: Any, status: int = 200, **headers: str) -> bytes:
    return answer(json.dumps(document).encode(), status, **headers)


@dataclass(frozen=True)
class Authority:
    """A test authority; `issue` writes certificate and key to files."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, folder: Path) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        builder = _builder(name, name, key, -1, 10).add_extension(x509.BasicConstraints(True, None), True)
        made = cls(folder, key, builder.sign(key, hashes.SHA256()))
        made.file.write_bytes(made.certificate.public_bytes(serialization.Encoding.PEM))
        return made

    @property
    def file(self) -> Path:
        return self.folder / "ca.pem"

    def issue(
        self, host: str = "127.0.0.1", since: int = -1, until: int = 10, own: bool = False, name: str = "server"
    ) -> tuple[Path, Path]:
        """Files of a certificate for a host, valid between two days from today; `own`: signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        try:
            alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            alternative = x509.DNSName(host)
        issuer = subject if own else self.certificate.subject
        builder = _builder(subject, issuer, key, since, until).add_extension(
            x509.SubjectAlternativeName([alternative]), False
        )
        made = builder.sign(key if own else self.key, hashes.SHA256())
        paths = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return paths

    def context(self, paths: tuple[Path, Path]) -> ssl.SSLContext:
        """A server's context with these files."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(*paths)
        return made


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, since: int, until: int
) -> x509.CertificateBuilder:
    today = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today + datetime.timedelta(days=since))
        .not_valid_after(today + datetime.timedelta(days=until))
    )
