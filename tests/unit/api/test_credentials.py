"""Credentials come from a file that holds no secret; tokens are fetched, kept and renewed."""

import json
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.unit.api.conftest import DrivenClock, Make
from tests.unit.api.servers import Handler, always, answer, as_json, routed, serving
from validator.api.credential_file import load
from validator.api.credentials import ApiKey, Bearer, Keyring, Mtls, OAuth2
from validator.api.secret import Secret
from validator.api.tokens import TokenError
from validator.errors import UsageError
from validator.messages import catalogue, message

FILE = """
[main]
kind = "oauth2"
token_url = "http://127.0.0.1:1/oauth/token"
client_id = "lienthong"
client_secret = {env = "CITY_SECRET"}
scope = "read write"
[limited]
kind = "bearer"
token = {file = "limited.token"}
[expired]
kind = "none"
"""
ENVIRON = {"CITY_SECRET": "hush-hush-hush"}


def written(folder: Path, text: str) -> Path:
    path = folder / "auth.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_gives_each_role_its_credential(tmp_path: Path) -> None:
    (tmp_path / "limited.token").write_text("limited-token\n", encoding="utf-8")
    keys = load(written(tmp_path, FILE), ENVIRON)

    assert keys.get("main") == OAuth2(
        "http://127.0.0.1:1/oauth/token", "lienthong", Secret("hush-hush-hush"), "read write"
    )
    assert keys.get("limited") == Bearer(Secret("limited-token"))
    assert keys.get("expired") is None
    assert set(keys.secrets()) == {"hush-hush-hush", "limited-token"}


def test_a_key_and_a_certificate_are_read(tmp_path: Path) -> None:
    (tmp_path / "client.pem").touch()
    text = """
    [main]
    kind = "api_key"
    header = "X-City-Key"
    key = {env = "CITY_SECRET"}
    [limited]
    kind = "mtls"
    certificate = "client.pem"
    key = "client.pem"
    """
    keys = load(written(tmp_path, text), ENVIRON)

    assert keys.get("main") == ApiKey("X-City-Key", Secret("hush-hush-hush"))
    assert isinstance(keys.get("limited"), Mtls)
    assert keys.api_key_headers() == {"x-city-key"}


SECRET = "pr1vate-value-of-mine"
WRONG = {
    "usage.credentials_literal": f'[main]\nkind = "bearer"\ntoken = "{SECRET}"',
    "usage.credentials_malformed": f"[main]\nkind = bearer\ntoken = {SECRET}",
    "usage.credentials_role": f'[admin]\nkind = "bearer"\ntoken = "{SECRET}"',
    "usage.credentials_kind": f'[main]\nkind = "magic"\ntoken = "{SECRET}"',
    "usage.credentials_missing": '[main]\nkind = "bearer"',
    "usage.credentials_unknown": f'[main]\nkind = "none"\ntoken = "{SECRET}"',
    "usage.credentials_no_env": '[main]\nkind = "bearer"\ntoken = {env = "NOT_THERE"}',
    "usage.credentials_no_file": '[main]\nkind = "bearer"\ntoken = {file = "not-there"}',
    "usage.credentials_value": '[main]\nkind = "bearer"\ntoken = {env = "SHORT"}',
    "usage.credentials_header": '[main]\nkind = "api_key"\nheader = "X Y"\nkey = {env = "CITY_SECRET"}',
    "usage.credentials_url": '[main]\nkind = "oauth2"\ntoken_url = "https://u:p@x.example"\n'
    'client_id = "a"\nclient_secret = {env = "CITY_SECRET"}',
    "usage.credentials_send": '[main]\nkind = "oauth2"\ntoken_url = "https://x.example"\n'
    'client_id = "a"\nclient_secret = {env = "CITY_SECRET"}\nsend = "post"',
    "usage.credentials_text": '[main]\nkind = "oauth2"\ntoken_url = "https://x.example"\n'
    'client_id = 7\nclient_secret = {env = "CITY_SECRET"}',
}


@pytest.mark.parametrize(("message_id", "text"), WRONG.items(), ids=WRONG)
def test_a_wrong_file_is_told_without_its_values(message_id: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(written(tmp_path, text), {**ENVIRON, "SHORT": "abc"})

    told = message("errors", caught.value.message_id, caught.value.params)
    assert caught.value.message_id == message_id
    assert SECRET not in f"{caught.value} {told.vi} {told.en}"
    assert "{}" not in told.en


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"usage\.credentials_unreadable"):
        load(tmp_path / "none.toml", {})


def test_a_secret_does_not_show() -> None:
    secret = Secret(SECRET)

    assert SECRET not in f"{secret} {secret!r} {Bearer(secret)!r} {Keyring({'main': Bearer(secret)})!r}"


def endpoint(life: object = 3600, **members: object) -> Handler:
    """A token endpoint and an API in one; each token has a number."""
    given: list[int] = []

    def page(method: str, target: str, headers: dict[str, str]) -> bytes:
        if target == "/oauth/token":
            given.append(1)
            token = {"access_token": f"access-token-{len(given)}", "token_type": "Bearer", "expires_in": life}
            return as_json({**token, **members})
        return as_json({"you": headers.get("authorization")})

    return routed(page)


def oauth2(port: int, in_body: bool = False) -> Keyring:
    url = f"http://127.0.0.1:{port}/oauth/token"
    return Keyring({"main": OAuth2(url, "lien:thong", Secret("hush hush+hush"), "read", in_body)})


def test_a_token_is_fetched_once_and_renewed_before_it_expires(make: Make, clock: DrivenClock) -> None:
    with serving(endpoint(life=100)) as server:
        client = make(server.base, oauth2(server.port), clock=clock)
        seen = []
        for pause in (0, 80, 15):
            clock.sleep(pause)
            found = client.send("GET", server.base).answer
            seen.append(json.loads(found.body)["you"] if found else None)

    assert seen == ["Bearer access-token-1", "Bearer access-token-1", "Bearer access-token-2"]
    assert client.sent == 5


@pytest.mark.parametrize(("in_body", "part"), [(False, "Authorization: Basic "), (True, "client_secret=")])
def test_the_secret_goes_where_the_endpoint_wants_it(in_body: bool, part: str, make: Make) -> None:
    with serving(endpoint()) as server:
        make(server.base, oauth2(server.port, in_body)).send("GET", server.base)

    head, _, body = server.requests[0].decode().partition("\r\n\r\n")
    form = {name: values[0] for name, values in parse_qs(body).items()}
    expected = {"client_id": "lien:thong", "client_secret": "hush hush+hush"} if in_body else {}
    assert part in (body if in_body else head)
    assert form == {"grant_type": "client_credentials", "scope": "read", **expected}


FAULTS = {
    "token.refused": as_json({"error": "invalid_client"}, 401),
    "token.not_json": answer(b"<html>"),
    "token.missing": as_json({"token": "x"}),
    "token.not_bearer": as_json({"access_token": "abcdefgh", "token_type": "mac"}),
    "token.unreachable": b"SSH-2.0-x\r\n\r\n",
}


@pytest.mark.parametrize(("message_id", "response"), FAULTS.items(), ids=FAULTS)
def test_a_token_endpoint_at_fault_is_told_and_not_asked_again_at_once(
    message_id: str, response: bytes, make: Make
) -> None:
    with serving(always(response)) as server:
        client = make(server.base, oauth2(server.port), timeout=0.5)
        for _ in range(2):
            with pytest.raises(TokenError, match=message_id):
                client.send("GET", server.base)
        untouched = client.send("GET", server.base, role=None)

    assert message_id in catalogue("errors", "vi")
    assert untouched.number == 2


@pytest.mark.parametrize("life", [None, "soon", -5, 0, float("nan"), 1e300, True])
def test_a_strange_life_of_a_token_does_no_harm(life: object, make: Make) -> None:
    with serving(endpoint(life)) as server:
        client = make(server.base, oauth2(server.port))
        exchange = client.send("GET", server.base)

    assert exchange.answer is not None
    assert b"Bearer access-token-" in exchange.answer.body


def test_a_new_token_can_be_asked_for(make: Make) -> None:
    with serving(endpoint()) as server:
        client = make(server.base, oauth2(server.port))
        first = client.token("main")
        client.forget_tokens()

        assert (first, client.token("main"), client.token("limited")) == ("access-token-1", "access-token-2", None)
