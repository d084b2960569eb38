"""One act of attesting many times in one process: `python -m tests.bench.attesting ACT NUMBER GIVEN...`.

Prints one JSON line with the median seconds of one act, and of what was done in turn with it; what an
act needs, such as the key, is opened before the clock starts. Ends with an error when an act does not
end well.
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
"""What the log writes at every issue; tiles, which are no larger, are stood for by the checkpoint."""

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


def repeated(number: int, *acts: Callable[[], object]) -> list[float]:
    """Median seconds of each act; they are done in turn, so that a busy moment of the disk hits all alike."""
    times: list[list[float]] = [[] for _ in acts]
    for _ in range(number):
        for act, kept in zip(acts, times, strict=True):
            begin = time.perf_counter()
            act()
            kept.append(time.perf_counter() - begin)
    return list(map(median, times))


def issue(number: int, folder: str, report: str) -> list[float]:
    """Issuing, and its floor: as many bytes in as many files on the same disk, each synced with its folder."""
    place, ground = Place(Path(folder)), json.loads(Path(report).read_bytes())
    keeper, first = place.opened(), place.certificate()
    named = [INDEX, *map(list_path, PURPOSES), history_path(first.stem), proof_path(first.stem, 0)]
    files = [first, first, *(place.register / path for path in named), *(place.log / name for name in LOG_FILES)]
    contents = [path.read_bytes() for path in files]
    target = place.folder / "synced"
    target.mkdir(exist_ok=True)
    return repeated(number, lambda: issued(keeper, ground, 1), lambda: _written(target, contents))


def _written(target: Path, contents: Sequence[bytes]) -> None:
    handle, aside = os.open(target, os.O_RDONLY), target / "aside"
    for n, content in enumerate(contents):
        with aside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(target / str(n))
        os.fsync(handle)
    os.close(handle)


def sign(number: int, folder: str) -> list[float]:
    """The other floor: the bytes of a certificate, signed as ours are, by the library alone."""
    key, content = ec.generate_private_key(ec.SECP256R1()), Place(Path(folder)).certificate().read_bytes()
    return repeated(number, lambda: key.sign(content, ec.ECDSA(SHA256(), deterministic_signing=True)))


def unlock(number: int, folder: str) -> list[float]:
    """What a command pays before it signs: both keys are encrypted in a way that is slow on purpose."""
    return repeated(number, Place(Path(folder)).opened)


def check(number: int, folder: str) -> list[float]:
    place = Place(Path(folder))
    content, copy = place.certificate().read_bytes(), FolderCopy(place.register)
    policy = parse_policy((place.register / POLICY).read_bytes(), POLICY)
    means = Means(open_register(place.register).keys(), datetime.now(UTC), copy, policy)
    assert verify(content, means).word == "valid"
    return repeated(number, lambda: verify(content, means))


def page(number: int, folder: str) -> list[float]:
    """The second verifier, its script run by Node: seconds by Node's own clock."""
    (told,) = called(TIMED, [{**_case(Place(Path(folder))).as_json(), "number": number}])
    assert told[0] == "ok", told
    return [float(told[1])]


def page_command(number: int, folder: str) -> list[float]:
    """The same from the start of Node to its end, as one who verifies a single certificate waits for it."""
    case = _case(Place(Path(folder)))
    return repeated(number, lambda: judged([case]))


def _case(place: Place) -> Case:
    """What the verifier in Python reads too."""
    certificate, folder = place.certificate(), place.register
    number = certificate.stem
    paths = [KEYS, POLICY, *map(list_path, PURPOSES), proof_path(number, 0)]
    files = {Path(path).name: (folder / path).read_bytes() for path in paths}
    files["history.json"] = (folder / history_path(number)).read_bytes()
    files[certificate.name] = certificate.read_bytes()
    return Case(files, datetime.now(UTC))


ACTS: dict[str, Callable[..., list[float]]] = {
    "issue": issue,
    "sign": sign,
    "unlock": unlock,
    "verify": check,
    "page": page,
    "page-command": page_command,
}


if __name__ == "__main__":
    act, number, *given = sys.argv[1:]
    print(json.dumps({"seconds": ACTS[act](int(number), *given)}))
