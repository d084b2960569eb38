"""No secret of a run is in anything that it prints or writes, whatever the system echoes and however."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from fixtures.reference_sut.access import LIMITED, MAIN, write_auth
from fixtures.reference_sut.running import Running, running
from tests.live import run
from tests.misbehaving import Asked, sound, standing_in

TURNS = 4
SOUND = 40


class Echo:
    """Passes most requests on; in turn it shows in a body, a header or a redirect what it was shown itself."""

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self.turn = 0

    async def __call__(self, asked: Asked) -> None:
        fields = dict(line.split(": ", 1) for line in asked.head.decode("latin-1").split("\r\n")[1:] if ": " in line)
        shown = fields.get("Authorization", fields.get("X-API-Key", ""))
        if shown.startswith("Bearer "):
            self.tokens.add(shown.removeprefix("Bearer "))
        self.turn += bool(shown)
        if "/oauth/" in asked.target or not shown or self.turn < SOUND or self.turn % TURNS == 0:
            await sound(asked)
        elif self.turn % TURNS == 1:
            await asked.answer(self.body(shown, asked), status="500 Internal Server Error")
        elif self.turn % TURNS == 2:
            await asked.answer(b"{}", f"Location: /vsc/v1/?t={quote(shown, safe='')}", status="302 Found")
        else:
            await asked.answer(self.body(shown, asked), f"X-Seen: {shown}", f'ETag: "{shown.split()[-1]}"')

    def body(self, shown: str, asked: Asked) -> bytes:
        plain = shown.split()[-1]
        forms = {
            "detail": f"Refused: {shown}", "title": plain, "status": 500, "id": plain, plain: 1,
            "head": base64.b64encode(asked.head).decode(), "urlsafe": base64.urlsafe_b64encode(asked.head).decode(),
            "link": f"http://x/?a={quote(plain, safe='')}", "all": "".join(f"%{byte:02X}" for byte in plain.encode()),
            "html": "".join(f"&#{ord(letter)};" for letter in plain), "records": [{"id": plain}],
        }  # fmt: skip
        return json.dumps(forms).encode()


@pytest.fixture(scope="module")
def city() -> Iterator[Running]:
    with running() as there:
        yield there


def forms(secret: str) -> set[str]:
    """A secret as it is, and the inner letters of its base64 at each place it can have."""
    found = {secret}
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(b"\0" * before + secret.encode()).decode()[4:-4])
    return found


def shows(text: str, secret: str) -> str | None:
    """The form in which a text shows a secret."""
    for view in (text, unquote(text), unescape(text)):
        for form in forms(secret):
            if form in view:
                return form
    return None


@pytest.mark.parametrize("api_keys", [False, True], ids=["oauth2", "api_key"])
def test_no_secret_reaches_any_output(api_keys: bool, city: Running, tmp_path: Path) -> None:
    echo = Echo()
    (tmp_path / "auth").mkdir()
    with standing_in(city.base_url, echo) as url:
        auth = write_auth(
            tmp_path / "auth", f"{url.removesuffix('/vsc/v1')}/oauth/token", 1_790_000_000, api_keys=api_keys
        )
        made = run(url, tmp_path / "out", "--auth", auth, "--rate", "0", "--har", "--allow-writes",
                   "--format", "json,html,text,junit,sarif")  # fmt: skip
    expired = (tmp_path / "auth" / "expired.secret").read_text()
    secrets = echo.tokens | {expired} | {MAIN.api_key, LIMITED.api_key} if api_keys else echo.tokens | {expired}
    secrets |= {MAIN.secret, LIMITED.secret}
    secrets.discard("khong-phai-ma-that")

    assert echo.turn > SOUND + 8
    assert made.code == 1, made.err
    assert len(secrets) >= 4
    texts = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert {"exchanges.ndjson", "exchanges.har", "preflight.ndjson", "report.json", "run.ndjson"} <= set(texts)
    for name, text in {**texts, "stdout": made.out, "stderr": made.err}.items():
        for secret in secrets:
            form = shows(text, secret)
            assert form is None, (name, form, text[max(0, text.find(form or "") - 200) :][:500])
