"""Before a run a person learns what is wrong with the address, the network or the credentials, and what to do."""

import re
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.api.conftest import DrivenClock
from tests.unit.api.servers import Authority, Handler, Server, always, answer, as_json, routed, serving
from validator.api.credentials import Bearer, Keyring, OAuth2
from validator.api.guard import Guard
from validator.api.limits import Limits
from validator.api.preflight import preflight
from validator.api.preflight_steps import State, Step
from validator.api.recorder import Recorder
from validator.api.secret import Secret
from validator.api.tls import TlsSettings
from validator.messages import catalogue

SOURCES = sorted((Path(__file__).parents[3] / "validator" / "api").glob("preflight*.py"))
TOKENS = {"main": "main-token", "limited": "limited-token", "expired": "expired-token"}
KEYS = Keyring({role: Bearer(Secret(token)) for role, token in TOKENS.items()})
STATUS = {None: 401, "Bearer main-token": 200, "Bearer limited-token": 403, "Bearer expired-token": 401}
DATE = "Thu, 26 Nov 2026 08:00:00 GMT"


def api(
    date: str = DATE,
    records: bool = True,
    protected: bool = True,
    status: dict[str | None, int] = STATUS,
    **pages: bytes,
) -> Handler:
    """A small API; `pages` replaces answers by the last part of their path (`root` for the landing page)."""

    def page(method: str, target: str, headers: dict[str, str]) -> bytes:
        path = target.partition("?")[0].removeprefix("/vsc/v1").strip("/")
        if (path.rpartition("/")[2] or "root") in pages:
            return pages[path.rpartition("/")[2] or "root"]
        if not path:
            return as_json({"title": "City \x1b[31m", "links": [{"rel": "data", "href": "collections"}]}, date=date)
        if path == "collections":
            kinds = {"open": "public"} | ({"closed": "protected"} if protected else {})
            return as_json({"collections": [{"id": name, "access": access} for name, access in kinds.items()]})
        code = status.get(headers.get("authorization"), 401) if "closed" in path else 200
        return as_json({"records": [{}] if records else []}, code)

    return routed(page)


def look(base: str, recorder: Recorder, keys: Keyring = KEYS, **given: object) -> tuple[Step, ...]:
    limits = Limits(timeout=0.5, rate=0.0, budget=60)
    return preflight(
        base, given.pop("guard", Guard.of(base)), keys, recorder, limits=limits, clock=DrivenClock(), **given
    )  # type: ignore[arg-type]


def problems(steps: tuple[Step, ...]) -> dict[str, str]:
    """Steps with a problem; after it, all that need it are not reached, and each has its words."""
    for step in steps:
        assert step.title.vi
        assert step.detail.vi != step.detail.en or step.name == "url"
        assert (step.advice is not None) == (step.state is State.PROBLEM)
        for text in (step.detail, step.advice):
            assert text is None or not re.search(r"\{[a-z_]+\}", text.en + text.vi)
    return {step.name: step.detail.en for step in steps if step.state is State.PROBLEM}


def test_a_system_in_order_is_ready(recorder: Recorder) -> None:
    with serving(api()) as server:
        steps = look(server.base, recorder)

    names = ["url", "dns", "tcp", "tls", "http", "api", "auth.main", "auth.limited", "auth.expired", "clock", "data"]
    assert problems(steps) == {}
    assert [step.name for step in steps] == names
    assert {step.state for step in steps} == {State.OK}
    assert "\x1b" not in "".join(step.detail.en for step in steps)
    assert len(server.requests) < 12
    assert all(request.startswith(b"GET ") for request in server.requests)


def garbage(sock: socket.socket, server: Server) -> None:
    sock.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
    server.wait()


def silent(sock: socket.socket, server: Server) -> None:
    server.wait()


AWAY = answer(b"", 302, location="https://other.example/vsc/v1?access_token=abc")
SERVERS: dict[str, tuple[Handler, str, str]] = {
    "another service": (garbage, "http", "SSH-2.0"),
    "a silent port": (silent, "http", "no HTTP answer in time"),
    "a port that closes": (lambda sock, server: None, "http", "closes the connection"),
    "a TLS port": (lambda sock, server: sock.sendall(b"\x15\x03\x01\x00\x02\x02\x46"), "http", "speaks TLS"),
    "a redirect to another host": (always(AWAY), "http", "another host: https://other.example"),
    "a redirect on the host": (always(answer(b"", 308, location="/v2")), "http", "redirects to /v2"),
    "a broken answer": (always(answer(b"x", content_encoding="br")), "http", "damaged"),
    "a path without an API": (always(answer(status=404)), "api", "status 404"),
    "a website": (always(answer(b"<html>", content_type="text/html")), "api", "text/html"),
    "other JSON": (always(as_json({"hello": 1})), "api", "no links"),
    "no collections": (api(collections=answer(status=500)), "data", "no collections"),
    "no records": (api(records=False), "data", "holds a record"),
    "a slow clock": (api(date="Thu, 26 Nov 2026 07:50:00 GMT"), "clock", "differs from this machine's by -6"),
    "a credential that is refused": (api(status={}), "auth.main", "does not accept"),
    "a credential without rights": (api(status={"Bearer main-token": 403}), "auth.main", "may not read"),
    "an expired credential that works": (
        api(status={**STATUS, "Bearer expired-token": 200}),
        "auth.expired",
        "is accepted",
    ),
    "an odd answer to a credential": (api(status={**STATUS, "Bearer limited-token": 500}), "auth.limited", "500"),
}


@pytest.mark.parametrize(("handler", "name", "words"), SERVERS.values(), ids=SERVERS)
def test_a_problem_is_told_at_its_step(handler: Handler, name: str, words: str, recorder: Recorder) -> None:
    with serving(handler) as server:
        begun = time.monotonic()
        found = problems(look(server.base, recorder))

    assert next(iter(found)) == name
    assert words in found[name]
    assert "access_token=abc" not in str(found)
    assert time.monotonic() - begun < 4


def test_what_needs_a_failed_step_is_not_reached(recorder: Recorder) -> None:
    with serving(silent) as server:
        steps = look(server.base, recorder)

    states = [(step.name, step.state) for step in steps]
    at = [name for name, _ in states].index("http")
    assert {state for _, state in states[:at]} == {State.OK}
    assert {state for _, state in states[at + 1 :]} == {State.NOT_REACHED}


BASES = {
    "city.example/vsc": ("url", "http://"),
    "ftp://city.example": ("url", "http://"),
    "https://user:hush-hush@city.example/": ("url", "user name"),
    "https://city.example/?token=hush-hush": ("url", "query"),
    "https://city.example:99999": ("url", "port"),
    "https://": ("url", "host"),
    "https://[::1": ("url", "no address"),
    "http://10.1.2.3/vsc/v1": ("dns", "no public address"),
    "http://169.254.169.254/latest/meta-data": ("dns", "no public address"),
}


@pytest.mark.parametrize(("base", "expected"), BASES.items(), ids=BASES)
def test_an_address_that_cannot_be_asked_is_told(base: str, expected: tuple[str, str], recorder: Recorder) -> None:
    found = problems(look(base, recorder, Keyring()))

    assert list(found) == [expected[0]]
    assert expected[1] in found[expected[0]]
    assert "hush-hush" not in str(found)


def unknown(host: str, port: int) -> list[str]:
    raise OSError(-2, "Name or service not known")


def slow(host: str, port: int) -> list[str]:
    time.sleep(0.8)
    return []


@pytest.mark.parametrize(("resolver", "words"), [(unknown, "cannot be resolved"), (slow, "no answer for")])
def test_a_name_without_an_address_is_told(
    resolver: Callable[[str, int], list[str]], words: str, recorder: Recorder
) -> None:
    base = "https://city.example/vsc/v1"

    assert words in problems(look(base, recorder, guard=Guard.of(base, (), resolver)))["dns"]


def test_a_dead_port_is_told(recorder: Recorder) -> None:
    with serving(silent) as server:
        pass

    assert "takes no connections (ECONNREFUSED)" in problems(look(server.base, recorder))["tcp"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"since": -9, "until": -2}, "expired on"),
        ({"host": "other.example"}, "not for the name 127.0.0.1 (it is for CN=other.example)"),
        ({"own": True}, "self-signed"),
        ({"since": 3}, "not valid yet"),
    ],
)
def test_a_bad_certificate_is_told_and_may_be_overlooked_on_purpose(
    given: dict[str, object], words: str, recorder: Recorder, tmp_path: Path
) -> None:
    authority = Authority.make(tmp_path)
    with serving(api(), authority.context(authority.issue(**given))) as server:  # type: ignore[arg-type]
        strict = look(server.base, recorder, tls=TlsSettings(authority.file))
        lax = look(server.base, recorder, tls=TlsSettings(verify=False))

    assert words in problems(strict)["tls"]
    assert problems(lax) == {}


def test_an_unknown_authority_is_told_and_can_be_given(recorder: Recorder, tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    with serving(api(), authority.context(authority.issue())) as server:
        without, given = look(server.base, recorder), look(server.base, recorder, tls=TlsSettings(authority.file))

    assert "does not trust" in problems(without)["tls"]
    assert problems(given) == {}


def test_a_server_that_asks_for_a_client_certificate_is_told(recorder: Recorder, tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    context = authority.context(authority.issue())
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    with serving(api(), context) as server:
        found = problems(look(server.base, recorder, tls=TlsSettings(authority.file)))

    assert "client certificate" in found["http"]


def test_https_on_a_port_of_plain_http_is_told(recorder: Recorder) -> None:
    with serving(lambda sock, server: sock.sendall(answer(status=400))) as server:
        found = problems(look(server.base.replace("http:", "https:"), recorder))

    assert "does not speak TLS" in found["tls"]


def test_a_token_endpoint_that_refuses_is_told(recorder: Recorder) -> None:
    with serving(api(token=as_json({"error": "invalid_client"}, 401))) as server:
        keys = Keyring({"main": OAuth2(f"{server.base}/token", "client", Secret("hush-hush"))})
        found = problems(look(server.base, recorder, keys))

    assert "refuses with status 401 (error: invalid_client)" in found["auth.main"]


def test_a_system_without_protected_data_leaves_credentials_untried(recorder: Recorder) -> None:
    with serving(api(protected=False)) as server:
        steps = look(server.base, recorder, Keyring({"main": KEYS.roles["main"]}))
        without = look(server.base, recorder, Keyring())

    assert problems(steps) == problems(without) == {}
    assert "no protected collection" in next(s for s in steps if s.name == "auth.main").detail.en
    assert "No credentials" in next(s for s in without if s.name == "auth").detail.en


def test_a_landing_page_that_asks_who_one_is_needs_a_credential(recorder: Recorder) -> None:
    with serving(api(root=answer(b"", 401))) as server:
        found = problems(look(server.base, recorder, Keyring()))

    assert "asks for a credential" in found["api"]


def test_every_text_of_the_preflight_is_used_and_every_problem_has_advice() -> None:
    texts = catalogue("preflight", "en")
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    said = set(re.findall(r'Said\(\s*"([a-z_.]+)"', code)) | {"not_reached"}
    problems = set(re.findall(r'Said\(\s*"([a-z_.]+)", [^\n)]*True\)', code))

    assert said <= set(texts)
    assert {f"{one}.do" for one in problems} <= set(texts)
    assert {name.removesuffix(".do") for name in texts if name.endswith(".do")} - {"token"} <= set(texts)
