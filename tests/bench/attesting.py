"""One act of attesting many times in one process: `python -m tests.bench.attesting ACT NUMBER GIVEN...`.

Prints one JSON line with the median seconds of one act; what an act needs, such as the key, is opened
before the clock starts. Ends with an error when an act does not end well.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.bench.attest_ground import PASSPHRASE, Place, issued
from tests.tlogs import SIGNER
from tests.verifier_page import Case, judged
from validator.certificate import keys
from validator.certificate.note import vkey
from validator.certificate.register import KEYS, history_path, list_path, open_register, proof_path
from validator.certificate.status_list import PURPOSES
from validator.certificate.verify import Means, verify


def repeated(act: Callable[[], object], number: int) -> float:
    """Median seconds."""
    times = []
    for _ in range(number):
        begin = time.perf_counter()
        act()
        times.append(time.perf_counter() - begin)
    return median(times)


def issue(number: int, folder: str, report: str) -> float:
    place, ground = Place(Path(folder)), json.loads(Path(report).read_bytes())
    key = keys.load(place.key, PASSPHRASE)
    return repeated(lambda: issued(place, key, ground, 1), number)


def sign(number: int, folder: str) -> float:
    """The floor of issuing: the bytes of a certificate, signed as ours are, by the library alone."""
    place = Place(Path(folder))
    key, content = keys.load(place.key, PASSPHRASE).private, place.certificate().read_bytes()
    return repeated(lambda: key.sign(content, ec.ECDSA(SHA256(), deterministic_signing=True)), number)


def check(number: int, folder: str) -> float:
    place = Place(Path(folder))
    content = place.certificate().read_bytes()
    means = Means(open_register(place.register).keys(), datetime.now(UTC), place.register)
    assert verify(content, means).word == "valid"
    return repeated(lambda: verify(content, means), number)


def page(number: int, folder: str) -> float:
    """The second verifier, its script run by Node; what it takes to start is left out when there are several."""
    case = _case(Place(Path(folder)))
    assert judged([case])[0].verdict == "valid"
    whole = repeated(lambda: judged([case]), 5)
    return whole if number == 1 else (repeated(lambda: judged([case] * number), 1) - whole) / (number - 1)


def _case(place: Place) -> Case:
    """What the verifier in Python reads, and the proof of the log with the log's key."""
    certificate, folder = place.certificate(), place.register
    number = certificate.stem
    paths = [KEYS, *map(list_path, PURPOSES), proof_path(number, 0)]
    files = {Path(path).name: (folder / path).read_bytes() for path in paths}
    files["history.json"] = (folder / history_path(number)).read_bytes()
    files[certificate.name] = certificate.read_bytes()
    files["policy.txt"] = f"log {vkey(SIGNER.key)}\nquorum none\n".encode()
    return Case(files, datetime.now(UTC))


ACTS: dict[str, Callable[..., float]] = {"issue": issue, "sign": sign, "verify": check, "page": page}


if __name__ == "__main__":
    act, number, *given = sys.argv[1:]
    print(json.dumps({"seconds": ACTS[act](int(number), *given)}))
