"""The page of the second verifier in headless Chromium, opened from a file, without network."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.certificate.conftest import NOW
from tests.unit.certificate.grounds import Json, changed
from tests.unit.certificate.page_samples import CERTIFICATE, CONDITION, Sample, sample
from tests.verifier_page import Browser, browser
from validator.canonical import canonical
from validator.certificate.copies import bundle_of
from validator.certificate.history import Event
from validator.certificate.keeping import refresh
from validator.certificate.moments import stamp
from validator.certificate.multibase import plain_base64url
from validator.certificate.note import vkey
from validator.certificate.register import PAGE as REGISTERS_PAGE
from validator.certificate.verifier_page import PAGE

VERDICT = "document.getElementById('verdict').className"
STEPS = "Object.fromEntries([...document.querySelectorAll('#steps tr')].map(r => [r.dataset.step, r.dataset.state]))"
DAY = timedelta(days=1)
EVENTS = {"suspended": Event.SUSPENDED, "revoked": Event.REVOKED}
DONE = "!document.getElementById('result').hidden"


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def current(tmp_path_factory: pytest.TempPathFactory, report: Json) -> Sample:
    """A certificate of this hour: the page reads the clock of the machine."""
    return issued(tmp_path_factory.mktemp("current"), report, datetime.now(UTC) - timedelta(minutes=5))


def issued(folder: Path, report: Json, at: datetime) -> Sample:
    """A certificate of that moment, by a report of the day before."""
    return sample(folder, changed(report, lambda copy: copy.update(as_of=stamp(at - DAY))), at)


def written(folder: Path, files: dict[str, bytes]) -> list[Path]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def grounds(name: str, folder: Path, report: Json) -> Sample:
    """A certificate to which this has happened by now."""
    now = datetime.now(UTC) - timedelta(minutes=5)
    made = issued(folder, report, now - 367 * DAY if name == "expired" else now - DAY)
    if name in EVENTS:
        made.change(EVENTS[name])
    refresh(made.register, made.key, now)
    return made


@pytest.mark.parametrize(("name", "word", "failing"), [
    ("good", "valid", []), ("changed", "refused", ["proof", "history", "log"]), ("expired", "refused", ["dates"]),
    ("suspended", "refused", ["suspension"]), ("revoked", "refused", ["revocation"]),
])  # fmt: skip
def test_two_verifiers_same_certificates_same_verdicts(
    window: Browser, tmp_path: Path, report: Json, name: str, word: str, failing: list[str]
) -> None:
    made = grounds(name, tmp_path, report)
    files = made.files()
    if name == "changed":
        files[CERTIFICATE] = files[CERTIFICATE].replace(b'"version":"', b'"version":"x', 1)
    (tmp_path / "given").mkdir()
    window.open(PAGE.as_uri())
    window.give(written(tmp_path / "given", files))
    window.wait(DONE)

    assert made.verified(files[CERTIFICATE], datetime.now(UTC) - made.at).word == word
    assert window.value(VERDICT) == ("verdict valid" if word == "valid" else "verdict invalid")
    assert [at for at, state in window.value(STEPS).items() if state == "fails"] == failing
    assert (window.requests, window.faults) == ([PAGE.as_uri()], [])


def test_files_of_a_good_certificate_are_chosen_and_found_valid(
    window: Browser, current: Sample, tmp_path: Path
) -> None:
    window.open(PAGE.as_uri())
    window.give(written(tmp_path, current.files()))
    window.wait(DONE)

    assert window.value(VERDICT) == "verdict valid", window.value(STEPS)
    assert set(window.value(STEPS).values()) == {"holds"}
    assert window.value("document.activeElement.id") == "verdict"
    content = window.value("document.getElementById('content').textContent")
    assert current.number in content
    assert CONDITION in content
    assert (window.requests, window.faults) == ([PAGE.as_uri()], [])


def test_a_changed_certificate_is_found_invalid_in_both_languages(
    window: Browser, current: Sample, tmp_path: Path
) -> None:
    files = current.files()
    files[CERTIFICATE] = files[CERTIFICATE].replace("Phòng".encode(), b"Phong", 1)
    window.open(PAGE.as_uri())
    window.give(written(tmp_path, files))
    window.wait(DONE)

    assert window.value(VERDICT) == "verdict invalid"
    assert window.value("document.getElementById('verdict').textContent") == "KHÔNG HỢP LỆ"
    assert window.value(STEPS)["proof"] == "fails"
    assert window.value("document.getElementById('content-part').hidden") is True
    window.value("document.getElementById('language').click()")
    assert window.value("document.getElementById('verdict').textContent") == "NOT VALID"
    assert window.value("document.documentElement.lang") == "en"
    assert (window.requests, window.faults) == ([PAGE.as_uri()], [])


def test_a_phone_shows_every_step_without_scrolling_sideways(window: Browser, current: Sample, tmp_path: Path) -> None:
    window.narrow(360)
    window.open(PAGE.as_uri())
    window.give(written(tmp_path, current.files()))
    window.wait(DONE)
    heights = "Math.max(...[...document.querySelectorAll('caption, #steps th')].map(e => e.offsetHeight))"

    assert window.value("document.documentElement.scrollWidth <= 360")
    assert window.value(heights) < 60
    window.narrow(None)


def test_the_keyboard_reaches_every_control_in_order(window: Browser) -> None:
    window.open(PAGE.as_uri())

    assert [window.press_tab() for _ in range(5)] == ["language", "pick", "text", "paste", "clear"]
    assert window.value("document.documentElement.lang") == "vi"
    assert window.value("document.getElementById('language').lang") == "en"


def test_a_bundle_in_the_address_asks_for_the_fingerprint(window: Browser, current: Sample) -> None:
    bundle = {"schema": "lienthong-verification/1.0", "files": {n: c.decode() for n, c in current.files().items()}}
    window.open(f"{PAGE.as_uri()}#{plain_base64url(gzip.compress(json.dumps(bundle).encode(), mtime=0))}")
    window.wait(DONE)

    assert window.value(VERDICT) == "verdict cannotTell"
    assert current.key.kid in window.value("document.getElementById('fingerprints').textContent")
    assert vkey(current.log_key) in window.value("document.getElementById('fingerprints').textContent")
    window.value("document.getElementById('confirm-button').click()")
    window.wait(f"{VERDICT} === 'verdict valid'")
    assert [address.partition("#")[0] for address in window.requests] == [PAGE.as_uri()]
    assert window.faults == []


def test_the_pages_own_policy_stops_what_is_not_its_script(window: Browser) -> None:
    window.open(PAGE.as_uri())
    window.value(
        "(() => { const s = document.createElement('script'); s.textContent = 'window.foreign = 1';"
        " document.body.append(s); const i = new Image(); i.src = 'https://example.com/x.png';"
        " document.body.append(i); })()"
    )
    blocked = list(window.faults)
    window.faults.clear()

    assert window.value("typeof window.foreign") == "undefined"
    assert window.value("fetch('https://example.com/').then(() => 'sent', () => 'stopped')") == "stopped"
    assert len(blocked) + len(window.faults) >= 2


def test_the_page_that_a_register_publishes_needs_no_confirmation(window: Browser, current: Sample) -> None:
    published = current.register.folder / REGISTERS_PAGE
    bundle = canonical(bundle_of(current.register, current.number))
    window.open(f"{published.as_uri()}#{plain_base64url(gzip.compress(bundle, mtime=0))}")
    window.wait(DONE)

    assert window.value(VERDICT) == "verdict valid", window.value(STEPS)
    assert window.value("document.getElementById('confirm').hidden") is True
    assert window.value("document.getElementById('demo-page').hidden") is True
    assert [address.partition("#")[0] for address in window.requests] == [published.as_uri()]


def test_the_page_of_a_register_for_demonstration_says_so_at_once(
    window: Browser, tmp_path: Path, report: Json
) -> None:
    made = sample(tmp_path, report, NOW, demo=True)
    window.open((made.register.folder / REGISTERS_PAGE).as_uri())
    window.wait("!document.getElementById('demo-page').hidden")

    assert window.value("document.getElementById('demo-page').textContent").startswith("DEMO")
    assert window.faults == []
