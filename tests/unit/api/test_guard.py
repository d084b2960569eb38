"""Addresses that are nobody's business are not dialled, however they are written."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.api.conftest import Make
from tests.unit.api.servers import always, answer, serving
from validator.api.addresses import is_public
from validator.api.fault import Fault
from validator.api.guard import Guard
from validator.errors import UsageError
from validator.model.exchange import Failure

CLOSED = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.1.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "2a00:1450::5efe:10.0.0.1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
OPEN = ["8.8.8.8", "113.160.1.1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808", "2405:4800::1"]
ODD = ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0x7f000001", "017700000001", "0"]
private = st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="169.254.0.0/16")


@pytest.mark.parametrize("text", CLOSED)
def test_an_address_that_is_not_public_is_blocked(text: str) -> None:
    with pytest.raises(Fault) as caught:
        Guard.of("https://city.example").addresses(text, 443, 1)

    assert caught.value.failure is Failure.BLOCKED


@pytest.mark.parametrize("text", OPEN)
def test_a_public_address_is_dialled_as_it_is(text: str) -> None:
    assert Guard.of("https://city.example").addresses(text, 443, 1) == (ip_address(text),)


@pytest.mark.parametrize("text", ODD)
def test_an_odd_spelling_of_an_address_leads_nowhere(text: str) -> None:
    with pytest.raises(Fault) as caught:
        Guard.of(f"http://{text}").addresses(text, 80, 1)

    assert caught.value.failure in (Failure.BLOCKED, Failure.DNS)


@given(private)
def test_a_private_address_is_closed_in_every_wrapping(inner: IPv4Address) -> None:
    low = int(inner)
    wrapped = [
        IPv6Address(0xFFFF << 32 | low),
        IPv6Address(low),
        IPv6Address((0x64FF9B << 96) | low),
        IPv6Address((0x2002 << 112) | (low << 80) | 1),
        IPv6Address((0x20010000 << 96) | (~low & 0xFFFFFFFF)),
        IPv6Address((0x2A001450 << 96) | (0x5EFE << 32) | low),
    ]

    assert [str(address) for address in wrapped if is_public(address)] == []


def test_a_name_is_resolved_once_and_what_was_tested_is_dialled(make: Make) -> None:
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["198.51.100.7"] if len(asked) == 1 else ["127.0.0.1"]

    with serving(always(answer())) as server:
        base = f"http://city.example:{server.port}"
        guard = Guard.of(base, ["198.51.100.0/24"], rebinding)
        exchange = make(base, guard=guard, timeout=0.5).send("GET", base)

    assert exchange.failure in (Failure.TIMEOUT, Failure.REFUSED)
    assert (asked, server.connections) == (["city.example"], 0)


def test_a_name_that_leads_to_this_machine_is_blocked(make: Make) -> None:
    with serving(always(answer())) as server:
        base = f"http://city.example:{server.port}"
        exchange = make(base, guard=Guard.of(base, (), lambda host, port: ["127.0.0.1"])).send("GET", base)

    assert (exchange.failure, exchange.detail, server.connections) == (Failure.BLOCKED, "address 127.0.0.1", 0)


def test_one_closed_address_among_open_ones_closes_the_name() -> None:
    guard = Guard.of("https://city.example", (), lambda host, port: ["8.8.8.8", "10.0.0.1"])

    with pytest.raises(Fault, match=r"address 10\.0\.0\.1"):
        guard.addresses("city.example", 443, 1)


def test_an_allowed_network_is_open_and_its_neighbours_are_not() -> None:
    guard = Guard.of("https://city.example", ["10.20.0.0/16", "fd00:1::/32"])

    assert guard.addresses("10.20.3.4", 443, 1)
    assert guard.addresses("::ffff:10.20.3.4", 443, 1)
    assert guard.addresses("fd00:1::5", 443, 1)
    with pytest.raises(Fault):
        guard.addresses("10.21.0.1", 443, 1)


@pytest.mark.parametrize("text", ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "100.100.100.200"])
def test_no_allowed_network_opens_the_metadata_service(text: str) -> None:
    with pytest.raises(Fault):
        Guard.of("https://city.example", ["0.0.0.0/0", "::/0"]).addresses(text, 80, 1)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000/vsc/v1", "http://localhost:8000", "http://[::1]:8000"])
def test_this_machine_may_be_tested_when_it_is_named_plainly(base: str) -> None:
    guard = Guard.of(base, (), lambda host, port: ["::1", "127.0.0.1"])

    assert guard.addresses("127.0.0.1", 8000, 1)
    assert guard.addresses("localhost", 8000, 1)
    with pytest.raises(Fault):
        guard.addresses("10.0.0.1", 80, 1)
    with pytest.raises(Fault):
        guard.addresses("city.example", 80, 1)


def test_this_machine_is_closed_when_another_is_tested() -> None:
    with pytest.raises(Fault):
        Guard.of("https://city.example").addresses("localhost", 80, 1)


def test_a_resolver_that_hangs_is_left_behind() -> None:
    def slow(host: str, port: int) -> list[str]:
        import time

        time.sleep(1)
        return []

    with pytest.raises(Fault) as caught:
        Guard.of("https://city.example", (), slow).addresses("city.example", 443, 0.05)

    assert (caught.value.failure, caught.value.detail) == (Failure.TIMEOUT, "dns")


def test_a_name_beyond_the_rules_of_names_is_unknown() -> None:
    with pytest.raises(Fault) as caught:
        Guard.of("https://city.example").addresses("a" * 300 + ".example", 443, 2)

    assert caught.value.failure is Failure.DNS


def test_a_text_that_is_no_network_is_a_wrong_call() -> None:
    with pytest.raises(UsageError, match=r"usage\.bad_network"):
        Guard.of("https://city.example", ["ten"])


def test_no_proxy_of_the_environment_is_used(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(always(answer())) as server:
        exchange = make(server.base).send("GET", server.base)

    assert exchange.answer is not None
