"""No secret reaches anything that is written, wherever and however it stands."""

import base64
import gzip
import html
import json
import re
import time
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.api.conftest import Make
from tests.unit.api.servers import answer, as_json, routed, serving
from validator.api.credentials import ApiKey, Bearer, Keyring, OAuth2
from validator.api.curl import curl
from validator.api.har import write_har
from validator.api.recorder import Recorder
from validator.api.redact import MARKER, Redactor
from validator.api.secret import Secret

CANARY = 'C@nary/"pháo"+&<key>=='
KEY = b"k" * 32


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(letter):04X}" for letter in text)


WRITINGS = {
    "plain": CANARY,
    "percent": quote(CANARY, safe=""),
    "percent, lower case": re.sub(r"%[0-9A-F]{2}", lambda m: m.group().lower(), quote(CANARY, safe="")),
    "every letter percent": "".join(f"%{byte:02X}" for byte in CANARY.encode()),
    "form": quote_plus(CANARY),
    "json": json.dumps(CANARY),
    "json with letters": json.dumps(CANARY, ensure_ascii=False),
    "json with slashes": json.dumps(CANARY).replace("/", "\\/"),
    "all escaped": escaped(CANARY),
    "html": html.escape(CANARY),
    "html by numbers": "".join(f"&#{ord(letter)};" for letter in CANARY),
    "base64": base64.b64encode(CANARY.encode()).decode(),
    "base64 for URLs": base64.urlsafe_b64encode(CANARY.encode()).decode().rstrip("="),
    "base64 behind one letter": base64.b64encode(b"u" + CANARY.encode() + b"tail").decode(),
    "base64 behind a name": base64.b64encode(b"user:" + CANARY.encode()).decode(),
    "base64 in a URL": quote(base64.b64encode(CANARY.encode()).decode(), safe=""),
    "mixed": CANARY[:6] + quote(CANARY[6:], safe=""),
}


@pytest.mark.parametrize("writing", WRITINGS.values(), ids=WRITINGS)
def test_a_known_secret_is_found_in_every_writing(writing: str) -> None:
    redactor = Redactor([CANARY], key=KEY)
    shown = redactor.text(f"before {writing} after")

    assert redactor.marker(CANARY) in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    left = MARKER.sub("", shown)
    assert len(left) < len("before  after") + 12


@settings(max_examples=40, deadline=None)
@given(
    secret=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=6, max_size=30),
    before=st.text(max_size=5),
    after=st.text(max_size=5),
)
def test_a_secret_never_stays_in_a_body(secret: str, before: str, after: str) -> None:
    redactor = Redactor([secret], key=KEY)
    for body in (
        f"{before}{secret}{after}".encode("utf-8", "surrogatepass"),
        json.dumps([before + secret + after]).encode(),
        quote(before + secret + after, safe="", errors="replace").encode(),
        b"\0\xff" + secret.encode() + b"\xff",
        b"\0\xff" + secret.encode("utf-16-le") + b"\xff",
        base64.b64encode(before.encode("utf-8", "surrogatepass") + secret.encode()),
    ):
        shown = redactor.body(body)[0]
        assert b"[redacted:" in shown or b"[\0r\0e" in shown


def test_the_longer_of_two_secrets_is_taken_out_whole() -> None:
    shown = Redactor(["abcdef", "abcdefghij"], key=KEY).text("x abcdefghij y abcdef z")

    assert "ghij" not in shown
    assert len(set(MARKER.findall(shown))) == 2


def test_markers_are_equal_within_a_run_and_differ_between_runs() -> None:
    one, two = Redactor(["secret-1"]), Redactor(["secret-1"])

    assert one.text("secret-1") == one.text("secret-1")
    assert one.text("secret-1") != two.text("secret-1")


HEADERS = [
    ("Authorization", "Bearer abc.def", "Bearer "),
    ("Proxy-Authorization", "Basic dTpw", "Basic "),
    ("authorization", "weird", ""),
    ("Cookie", "sid=1; theme=dark", ""),
    ("Set-Cookie", "sid=1; HttpOnly", ""),
    ("X-API-Key", "abc", ""),
    ("X-Auth-Token", "abc", ""),
    ("X-Amz-Security-Token", "abc", ""),
    ("X-City-Key", "abc", ""),
    ("api_key", "kept", None),
    ("ETag", '"abc"', None),
    ("WWW-Authenticate", 'Bearer realm="city"', None),
    ("Content-Type", "application/json", None),
    ("Retry-After", "7", None),
    ("Link", '<https://x.example/items?cursor=abc>; rel="next"', None),
]


@pytest.mark.parametrize(("name", "value", "left"), HEADERS)
def test_headers_that_carry_secrets_keep_their_names_only(name: str, value: str, left: str | None) -> None:
    redactor = Redactor(headers={"x-city-key"}, key=KEY)
    shown = redactor.header(name, value)

    assert shown[0] == name
    if left is None:
        assert shown[1] == value
    else:
        assert MARKER.sub("", shown[1]) == left


BY_NAME = [
    ('{"access_token": "abc", "a": 1}', '{"access_token": "@", "a": 1}'),
    ('{"refreshToken":"a\\"b"}', '{"refreshToken":"@"}'),
    ('{"client_secret" : 12345}', '{"client_secret" : "@"}'),
    ('{"pass\\u0077ord": "abc"}', '{"pass\\u0077ord": "@"}'),
    ('{"api_key": "abc", "id_token": "x.y"}', '{"api_key": "@", "id_token": "@"}'),
    ("https://x.example/?access_token=a%20b&limit=5", "https://x.example/?access_token=@&limit=5"),
    ("/a?limit=5&api%5Fkey=abc#top", "/a?limit=5&api%5Fkey=@#top"),
    ("grant_type=x&client_secret=abc&password=d", "grant_type=x&client_secret=@&password=@"),
    ("https://user:pa55@x.example/", "https://@@x.example/"),
    ("you sent Bearer abcdefghijklmnop", "you sent Bearer @"),
    ("you sent Basic dXNlcjpwYXNz", "you sent Basic @"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.c2ln", "@"),
]


@pytest.mark.parametrize(("text", "expected"), BY_NAME)
def test_what_is_called_like_a_secret_is_taken_out(text: str, expected: str) -> None:
    assert MARKER.sub("@", Redactor(key=KEY).text(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"station_id": "HN-1", "key": "a", "author": "An", "passenger": 5, "secretary": "Bình", "nextPageToken": "p"}',
        "https://x.example/items?cursor=abc&limit=5&commune_code=00001&datetime=2026-11-26T00:00:00%2B07:00",
        "Basic commands and Bearer of news",
        '{"title": "a=b&c=d"}',
        "anh@city.example, https://city.example/@handle",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert Redactor(["some-secret-value"], key=KEY).text(text) == text


SECRETS = {
    "main": "c4n4ry-main-secret/+=",
    "limited": "c4n4ry-limited-token",
    "expired": "c4n4ry-expired-key-đ",
    "access": "c4n4ry-access-token-1",
    "refresh": "c4n4ry-refresh-token",
}


def echo(method: str, target: str, headers: dict[str, str]) -> bytes:
    """A server that gives back all it is told, and a token."""
    if target == "/token":
        return as_json({"access_token": SECRETS["access"], "refresh_token": SECRETS["refresh"], "expires_in": 60})
    told = json.dumps({"target": target, "headers": headers, "all": SECRETS})
    raw = told.encode() + base64.b64encode(told.encode()) + quote(told).encode()
    coded = gzip.compress(raw if "binary" not in target else b"\0\xff" + raw)
    auth = headers.get("authorization", "none").encode().decode("latin-1")
    return answer(coded, content_encoding="gzip", x_echo=auth, set_cookie=f"s={auth}", location=quote(target))


def test_the_canary_reaches_no_file(make: Make, recorder: Recorder, tmp_path: Path) -> None:
    with serving(routed(echo)) as server:
        keys = Keyring(
            {
                "main": OAuth2(f"http://127.0.0.1:{server.port}/token", "client", Secret(SECRETS["main"]), "", True),
                "limited": Bearer(Secret(SECRETS["limited"])),
                "expired": ApiKey("X-City-Key", Secret(SECRETS["expired"])),
            }
        )
        client = make(server.base, keys)
        client.token("main")
        for role, value in SECRETS.items():
            client.send("GET", f"items?q={quote(value)}&password={quote(value)}", role=role)
            client.send("PUT", f"items/binary/{quote(value)}", body=value.encode(), role=role)
            client.send("PUT", "items/form", body=quote_plus(value).encode(), headers={"X-Any": value}, role=role)
            client.send("GET", f"http://{quote(value, safe='')}.example/{value}", role=role)
    count = write_har(recorder.path, tmp_path / "run.har")
    lines = [json.loads(line) for line in recorder.path.read_bytes().splitlines()]
    (tmp_path / "repeat.sh").write_text("\n".join(curl(line) for line in lines), encoding="utf-8")

    assert count == len(lines) == 21
    for path in tmp_path.iterdir():
        raw = path.read_bytes()
        text = raw.decode() + "".join(
            base64.b64decode(found).decode("latin-1") for found in re.findall(r'"base64":"([^"]*)"', raw.decode())
        )
        for value in SECRETS.values():
            spellings = [value, value.encode().decode("latin-1"), quote(value, safe=""), json.dumps(value)[1:-1]]
            spellings += [base64.b64encode(b"\0" * n + value.encode()).decode()[4:-6] for n in range(3)]
            assert [one for one in spellings if one in text] == [], path.name
        assert "c4n4ry" not in text


@pytest.mark.parametrize(
    "piece",
    ["\\", "%25", "-eyJaaaaaaaa", '"a', '"token": ', "?token", "Bearer ", "Basic aaaa", "://", "&#0", "AAAA", " "],
)
def test_a_hostile_body_takes_no_more_than_its_length(piece: str) -> None:
    redactor = Redactor([CANARY, "A" * 400], key=KEY)
    body = (CANARY + piece * (500_000 // len(piece)) + CANARY).encode()
    begun = time.process_time()
    shown, _ = redactor.body(body)

    assert time.process_time() - begun < 3
    assert CANARY.encode() not in shown
