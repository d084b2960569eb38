"""A stand-in for a system that loses its manners: it passes requests on to a sound server, and from one on does not."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Behaviour = Callable[["Asked"], Awaitable[None]]
MEGABYTE = 1024 * 1024
FAULTS: dict[str, Behaviour] = {}


@dataclass
class Asked:
    """A request, and the line on which to answer. `pass_on` gives the answer of the sound system."""

    method: str
    target: str
    head: bytes
    writer: asyncio.StreamWriter
    pass_on: Callable[[], Awaitable[None]]

    async def say(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def answer(self, body: bytes, *headers: str, status: str = "200 OK") -> None:
        lines = (f"HTTP/1.1 {status}", "Content-Type: application/json", *headers, f"Content-Length: {len(body)}", "")
        await self.say("\r\n".join((*lines, "")).encode(), b"" if self.method == "HEAD" else body)


def fault(name: str) -> Callable[[Behaviour], Behaviour]:
    def enter(behaviour: Behaviour) -> Behaviour:
        FAULTS[name] = behaviour
        return behaviour

    return enter


@contextmanager
def standing_in(base: str, behaviour: Behaviour, after: int = 0) -> Iterator[str]:
    """The base URL of a stand-in for the server at `base`, which behaves so from the request after `after` on."""
    parts = urlsplit(base)
    loop = asyncio.new_event_loop()
    started: list[int] = []
    ready = threading.Event()

    async def serve() -> None:
        proxy = _Proxy(parts.hostname or "", parts.port or 80, behaviour, after)
        server = await asyncio.start_server(proxy.connected, "127.0.0.1", 0)
        started.append(server.sockets[0].getsockname()[1])
        ready.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    main = loop.create_task(serve())
    thread = threading.Thread(target=lambda: loop.run_until_complete(main), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield f"http://127.0.0.1:{started[0]}{parts.path}"
    finally:
        loop.call_soon_threadsafe(main.cancel)
        thread.join(10)
        loop.close()


@dataclass
class _Proxy:
    host: str
    port: int
    behaviour: Behaviour
    after: int
    served: int = 0
    tasks: set[asyncio.Task[None] | None] = field(default_factory=set)  # the loop itself holds them weakly

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(task := asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._serve(reader, writer)
        writer.close()
        self.tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *fields = head.decode("latin-1").split("\r\n")
        sizes = [line.partition(":")[2] for line in fields if line.lower().startswith("content-length:")]
        body = await reader.readexactly(int(sizes[0])) if sizes else b""
        method, target, _ = first.split(" ", 2)
        sent = head[:-2] + b"Connection: close\r\n\r\n" + body

        async def pass_on() -> None:
            there, back = await asyncio.open_connection(self.host, self.port)
            back.write(sent)
            while piece := await there.read(MEGABYTE):
                writer.write(piece)
                await writer.drain()
            back.close()

        asked = Asked(method, target, head, writer, pass_on)
        self.served += 1
        await (sound if self.served <= self.after else self.behaviour)(asked)


async def sound(asked: Asked) -> None:
    """What the system says, passed on."""
    await asked.pass_on()


@fault("hangs")
async def hangs(_: Asked) -> None:
    await asyncio.sleep(3600)


@fault("drips its head")
async def drips_head(asked: Asked) -> None:
    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100_000:
        await asked.say(bytes([letter]))
        await asyncio.sleep(0.05)


@fault("drips its body")
async def drips_body(asked: Asked) -> None:
    await asked.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    while True:
        await asked.say(b" ")
        await asyncio.sleep(0.05)


@fault("closes in the middle of a body")
async def closes(asked: Asked) -> None:
    await asked.say(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", b'{"records": ['
    )


@fault("resets connections")
async def resets(asked: Asked) -> None:
    asked.writer.transport.abort()


@fault("answers garbage")
async def garbage(asked: Asked) -> None:
    await asked.say(bytes(range(256)) * 40)


@fault("never ends a body")
async def endless(asked: Asked) -> None:
    await asked.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    while True:
        await asked.say(chunk)


@fault("announces 2 GB")
async def two_gigabytes(asked: Asked) -> None:
    await asked.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2147483648\r\n\r\n")
    while True:
        await asked.say(b" " * MEGABYTE)


BOMB = gzip.compress(bytes(300 * MEGABYTE), 9)


@fault("compresses a bomb")
async def bomb(asked: Asked) -> None:
    await asked.answer(BOMB, "Content-Encoding: gzip")


@fault("redirects forever")
async def redirects(asked: Asked) -> None:
    await asked.answer(b"", f"Location: {asked.target}x", status="302 Found")


@fault("sends 100 MB of headers")
async def headers(asked: Asked) -> None:
    await asked.say(b"HTTP/1.1 200 OK\r\n", *(b"X-Much: " + b"x" * 65_000 + b"\r\n" for _ in range(1600)))


@fault("nests 200,000 brackets")
async def deep(asked: Asked) -> None:
    await asked.answer(b"[" * 200_000 + b"]" * 200_000)


@fault("names a member twice")
async def twice(asked: Asked) -> None:
    await asked.answer(b'{"records": [], "records": [], "numberMatched": 0, "numberReturned": 0, "links": []}')


@fault("says NaN")
async def nan(asked: Asked) -> None:
    await asked.answer(b'{"records": [], "numberMatched": NaN, "numberReturned": Infinity, "links": []}')


@fault("speaks UTF-16")
async def utf16(asked: Asked) -> None:
    await asked.answer('{"records": [], "numberMatched": 0, "numberReturned": 0, "links": []}'.encode("utf-16"))


@fault("speaks no UTF-8")
async def no_utf8(asked: Asked) -> None:
    await asked.answer(b'{"title": "\xff\xfe\xc3", "records": [], "links": []}')


@fault("gives a page of 300 MB")
async def large_page(asked: Asked) -> None:
    record = b'{"station_id": "TPM-01", "value": 12.5, "note": "' + b"x" * 400 + b'"},'
    size = 300 * MEGABYTE
    await asked.say(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode())
    await asked.say(b'{"records": [', *(record * 1000 for _ in range(size // len(record) // 1000)))


@fault("gives ten million empty objects")
async def dense_page(asked: Asked) -> None:
    await asked.answer(b'{"records": [' + b"{}," * (10 * MEGABYTE) + b"{}]}")


@fault("gives 30 MB of percent signs")
async def percent(asked: Asked) -> None:
    await asked.answer(b'{"access_token": "' + b"%41" * (10 * MEGABYTE) + b'"}')


@fault("errs with 30 MB")
async def large_error(asked: Asked) -> None:
    await asked.answer(b'{"detail": "' + b"x" * (30 * MEGABYTE) + b'"}', status="500 Internal Server Error")


@fault("never ends its pages")
async def endless_pages(asked: Asked) -> None:
    """Each page large, each with another link, and a count that would allow for more."""
    counts = b'"numberMatched": 1000000000, "numberReturned": 1'
    page = b'{"records": [%s], ' + counts + b', "links": [{"rel": "next", "href": "%sx"}]}'
    record = b'{"station_id": "TPM-01", "note": "' + b"x" * MEGABYTE + b'"}'
    mark = b"&" if "?" in asked.target else b"?"
    await asked.answer(page % (record, asked.target.encode() + mark + b"at="))
