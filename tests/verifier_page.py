"""Drives the page of the second verifier: its script in Node, the page itself in headless Chromium."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from validator.certificate.verifier_page import PAGE

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
DATA = re.compile(r'<script type="application/json" id="(\w+)">(.*?)</script>', re.DOTALL)
RUNNER = """
const fs = require("node:fs");
globalThis.crypto ??= require("node:crypto").webcrypto;
const { script, data, cases, calls } = JSON.parse(fs.readFileSync(0, "utf8"));
const within = new Function("DATA", script + "\\nreturn (source) => eval(source);")(data);
const verifyFiles = within("verifyFiles");
const answer = async (source, given) => {
  try {
    const made = await within(source)(given);
    return ["ok", made instanceof Uint8Array ? Buffer.from(made).toString("hex") : made];
  } catch (fault) {
    return ["refused", fault.id ?? String(fault)];
  }
};
(async () => {
  const made = [];
  for (const [source, given] of calls) made.push(await answer(source, given));
  for (const { files, now, confirmed } of cases) {
    const bytes = (content) => new Uint8Array(Buffer.from(content, "base64"));
    const given = files.map(({ name, content, origin }) => ({ name, origin, bytes: bytes(content) }));
    const { verdict, steps, demo, unused } = await verifyFiles(given, now, confirmed);
    const told = steps.map(({ name, state, id }) => ({ name, state, id }));
    made.push({ verdict, demo, steps: told, unused: unused.map(({ name, fault }) => [name, fault.id]) });
  }
  process.stdout.write(JSON.stringify(made));
})();
"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Case:
    """What is handed to the page: files by name, the time, whose choice the files were, what is fixed in the page."""

    files: Mapping[str, bytes]
    at: datetime
    origin: str = "chosen"
    confirmed: bool = False
    pinned: Mapping[str, bytes] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        rows = [
            {"name": name, "content": base64.b64encode(content).decode(), "origin": origin}
            for origin, files in (("pinned", self.pinned), (self.origin, self.files))
            for name, content in files.items()
        ]
        return {"files": rows, "now": self.at.timestamp() * 1000, "confirmed": self.confirmed}


@dataclass(frozen=True)
class Told:
    """What the page said: the verdict, and how each step ended by its name."""

    verdict: str
    demo: bool
    steps: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unused: Sequence[Sequence[str]] = ()


def judged(cases: Sequence[Case], page: str | None = None) -> list[Told]:
    """The verdicts of the page's own script, run by Node."""
    text = PAGE.read_text("utf-8") if page is None else page
    return [
        Told(row["verdict"], row["demo"], {s["name"]: (s["state"], s["id"]) for s in row["steps"]}, row["unused"])
        for row in _run(text, [case.as_json() for case in cases], [])
    ]


def called(source: str, arguments: Sequence[Any]) -> list[tuple[str, Any]]:
    """What a function of the page's script makes of each argument: `ok` and the value, or `refused` and why."""
    return [
        (word, value) for word, value in _run(PAGE.read_text("utf-8"), [], [(source, given) for given in arguments])
    ]


def _run(page: str, cases: Sequence[Any], calls: Sequence[Any]) -> Any:
    if shutil.which("node") is None:
        pytest.skip("the second verifier's script runs in Node, which is not here (Debian's package nodejs)")
    data = {name: json.loads(content) for name, content in DATA.findall(page)}
    request = {"script": SCRIPT.search(page)[1], "data": data, "cases": cases, "calls": calls}
    done = subprocess.run(
        ["node", "-e", RUNNER], input=json.dumps(request), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Browser:
    """A headless Chromium on one page, by the DevTools protocol over a pipe; keeps every request it makes."""

    def __init__(self, reader: int, writer: int) -> None:
        self._reader, self._writer, self._number, self._buffer = reader, writer, 0, b""
        self.requests: list[str] = []
        self.faults: list[str] = []
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})
        self._session: str | None = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "DOM", "Log"):
            self._call(f"{domain}.enable")

    _session = None

    def open(self, address: str) -> None:
        """The page anew; what was asked for and what went wrong is counted from here."""
        for place in ("about:blank", address):
            self._call("Page.navigate", {"url": place})
            self.wait(f"location.href === {json.dumps(place)} && document.readyState === 'complete'")
            if place == "about:blank":
                self.requests.clear()
                self.faults.clear()

    def give(self, paths: Sequence[Path]) -> None:
        """Chooses files in the page's file field, as a person does."""
        root = self._call("DOM.getDocument")["root"]["nodeId"]
        node = self._call("DOM.querySelector", {"nodeId": root, "selector": "#pick"})["nodeId"]
        self._call("DOM.setFileInputFiles", {"nodeId": node, "files": [str(path) for path in paths]})

    def narrow(self, width: int | None) -> None:
        """A screen of so many pixels across; None for the usual one."""
        size = {"width": width or 0, "height": 0, "deviceScaleFactor": 0, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", size)

    def press_tab(self) -> str:
        """The id of what has the focus then."""
        for kind in ("keyDown", "keyUp"):
            key = {"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
            self._call("Input.dispatchKeyEvent", key)
        return str(self.value("document.activeElement.id"))

    def value(self, expression: str) -> Any:
        given = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        return self._call("Runtime.evaluate", given)["result"].get("value")

    def wait(self, expression: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not self.value(expression):
            assert time.monotonic() < deadline, expression
            time.sleep(0.05)

    def _call(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": self._number, "method": method, "params": params or {}, **session}
        os.write(self._writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            piece = os.read(self._reader, 1 << 16)
            assert piece, "the browser has ended"
            self._buffer += piece
        first, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(first)

    def _note(self, event: Mapping[str, Any]) -> None:
        if event.get("method") == "Network.requestWillBeSent":
            self.requests.append(event["params"]["request"]["url"])
        if event.get("method") == "Runtime.exceptionThrown":
            self.faults.append(json.dumps(event["params"]))
        if event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
            self.faults.append(event["params"]["entry"]["text"])


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium with a profile of its own, without any network; it is ended at the end."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium is here to open the page in (Debian's package chromium)")
    to_browser, ours_out = os.pipe()
    ours_in, from_browser = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = [
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}", "--remote-debugging-pipe",
        ]  # fmt: skip
        wiring = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        process = subprocess.Popen(
            ["bash", "-c", wiring, program, *flags], pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        try:
            yield Browser(ours_in, ours_out)
        finally:
            os.close(ours_out)
            os.close(ours_in)
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
