"""One act of attesting many times in one process: `python -m tests.bench.attesting ACT NUMBER GIVEN...`.

Prints one JSON line with the median seconds of one act; what an act needs, such as the key, is opened
before the clock starts. Ends with an error when an act does not end well.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.bench.attest_ground import Place, issued
from tests.verifier_page import Case, called, judged
from validator.certificate.copies import FolderCopy
from validator.certificate.log_state import CHECKPOINT, STATE
from validator.certificate.policy import parse_policy
from validator.certificate.register import INDEX, KEYS, POLICY, history_path, list_path, open_register, proof_path
from validator.certificate.status_list import PURPOSES
from validator.certificate.verify import Means, verify

LOG_FILES = (STATE, STATE, CHECKPOINT, CHECKPOINT, CHECKPOINT)
"""State and checkpoint, which are written at every issue, and two that stand for tiles, which are no larger."""

TIMED = """async ({ files, now, number }) => {
  const given = files.map(({ name, content, origin }) =>
    ({ name, origin, bytes: new Uint8Array(Buffer.from(content, "base64")) }));
  const times = [];
  for (let n = 0; n < number; n += 1) {
    const begin = performance.now();
    const { verdict } = await verifyFiles(given, now, false);
    times.push((performance.now() - begin) / 1000);
    if (verdict !== "valid") throw new Error(verdict);
  }
  return times.sort((a, b) => a - b)[number >> 1];
}"""
"""The upper median of so many verifications, called within the script of the page."""


def repeated(act: Callable[[], object], number: int) -> float:
    """Median seconds."""
    times = []
    for _ in range(number):
        begin = time.perf_counter()
        act()
        times.append(time.perf_counter() - begin)
    return median(times)


def issue(number: int, folder: str, report: str) -> float:
    keeper, ground = Place(Path(folder)).opened(), json.loads(Path(report).read_bytes())
    return repeated(lambda: issued(keeper, ground, 1), number)


def sign(number: int, folder: str) -> float:
    """The floor of issuing: the bytes of a certificate, signed as ours are, by the library alone."""
    key, content = ec.generate_private_key(ec.SECP256R1()), Place(Path(folder)).certificate().read_bytes()
    return repeated(lambda: key.sign(content, ec.ECDSA(SHA256(), deterministic_signing=True)), number)


def sync(number: int, folder: str) -> float:
    """The other floor: the files that an issue writes, on the disk of the register, each synced with its folder."""
    place = Place(Path(folder))
    first = place.certificate()
    named = [INDEX, *map(list_path, PURPOSES), history_path(first.stem), proof_path(first.stem, 0)]
    files = [first, *(place.register / path for path in named), *(place.log / name for name in LOG_FILES)]
    contents = [path.read_bytes() for path in files]
    target = place.folder / "synced"
    target.mkdir(exist_ok=True)
    return repeated(lambda: _written(target, contents), number)


def _written(target: Path, contents: Sequence[bytes]) -> None:
    handle = os.open(target, os.O_RDONLY)
    for n, content in enumerate(contents):
        with (target / str(n)).open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.fsync(handle)
    os.close(handle)


def check(number: int, folder: str) -> float:
    place = Place(Path(folder))
    content, copy = place.certificate().read_bytes(), FolderCopy(place.register)
    policy = parse_policy((place.register / POLICY).read_bytes(), POLICY)
    means = Means(open_register(place.register).keys(), datetime.now(UTC), copy, policy)
    assert verify(content, means).word == "valid"
    return repeated(lambda: verify(content, means), number)


def page(number: int, folder: str) -> float:
    """The second verifier, its script run by Node: seconds by Node's own clock."""
    (told,) = called(TIMED, [{**_case(Place(Path(folder))).as_json(), "number": number}])
    assert told[0] == "ok", told
    return float(told[1])


def page_command(number: int, folder: str) -> float:
    """The same from the start of Node to its end, as one who verifies a single certificate waits for it."""
    case = _case(Place(Path(folder)))
    return repeated(lambda: judged([case]), number)


def _case(place: Place) -> Case:
    """What the verifier in Python reads too."""
    certificate, folder = place.certificate(), place.register
    number = certificate.stem
    paths = [KEYS, POLICY, *map(list_path, PURPOSES), proof_path(number, 0)]
    files = {Path(path).name: (folder / path).read_bytes() for path in paths}
    files["history.json"] = (folder / history_path(number)).read_bytes()
    files[certificate.name] = certificate.read_bytes()
    return Case(files, datetime.now(UTC))


ACTS: dict[str, Callable[..., float]] = {
    "issue": issue,
    "sign": sign,
    "sync": sync,
    "verify": check,
    "page": page,
    "page-command": page_command,
}


if __name__ == "__main__":
    act, number, *given = sys.argv[1:]
    print(json.dumps({"seconds": ACTS[act](int(number), *given)}))
