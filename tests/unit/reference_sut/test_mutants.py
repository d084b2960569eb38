"""Every mutant has one defect that its API shows; the table of them is sound."""

import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from fixtures.reference_sut import registry
from fixtures.reference_sut.reference import Reference
from fixtures.reference_sut.running import ROOT, running
from tests.unit.reference_sut.probe import Seen, probe, standing_clock

registry.load()
TIMED = {"slow"}  # seen by the clock alone
PLAIN = [name for name, one in registry.MUTANTS.items() if not one.tls and name not in TIMED]


@pytest.fixture(scope="module")
def reference() -> Iterator[list[Seen]]:
    with standing_clock():
        yield probe(Reference())


def test_the_same_questions_get_the_same_answers(reference: list[Seen]) -> None:
    with standing_clock():
        assert probe(Reference()) == reference


@pytest.mark.parametrize("name", PLAIN)
def test_a_mutant_differs_from_the_reference(name: str, reference: list[Seen]) -> None:
    with standing_clock():
        assert probe(registry.MUTANTS[name].build()) != reference


def test_there_are_mutants_of_every_requirement_and_each_says_what_is_wrong() -> None:
    table = registry.MUTANTS.values()

    assert len(table) >= 80
    assert {one.requirement for one in table} == {f"R{number:02}" for number in range(1, 12)}
    assert all(one.clause == f"5.{int(one.requirement[1:])}" for one in table)
    assert len({one.wrong for one in table}) == len(table)
    assert all(re.fullmatch(r"\S.{10,110}\.", one.wrong) for one in table)


def test_each_mutant_is_a_change_of_one_server_and_no_other_has_its_name() -> None:
    builds = [one.build for one in (*registry.MUTANTS.values(), *registry.VARIANTS.values(), *registry.TRAPS.values())]

    assert len(set(builds)) == len(builds)
    assert not set(registry.MUTANTS) & (set(registry.VARIANTS) | set(registry.TRAPS))
    with pytest.raises(ValueError, match="twice"):
        registry.mutant("slow", "R08", "Again.")(Reference)


def handshake(base: str, version: ssl.TLSVersion) -> bool:
    """Whether a server takes this version of TLS from a client that knows no newer one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    try:
        urllib.request.urlopen(base, timeout=5, context=context).close()
    except urllib.error.URLError:
        return False
    return True


@pytest.mark.parametrize(
    ("mutant", "taken"),
    [(None, (False, False, True)), ("tls11_accepted", (False, True, True)), ("tls10_accepted", (True, True, True))],
)
def test_old_versions_of_tls_are_taken_by_mutants_only(mutant: str | None, taken: tuple[bool, ...]) -> None:
    versions = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2)
    with running(mutant=mutant, tls=True) as found:
        assert tuple(handshake(found.base_url, version) for version in versions) == taken


@pytest.mark.parametrize(
    ("mutant", "reason"),
    [
        (None, ""), ("cert_expired", "expired"), ("cert_wrong_host", "mismatch"),
        ("cert_unknown_issuer", "unable to get local issuer"),
    ],
)  # fmt: skip
def test_a_client_that_checks_certificates_trusts_the_reference_only(mutant: str | None, reason: str) -> None:
    with running(mutant=mutant, tls=True) as found:
        context = ssl.create_default_context(cafile=str(found.ca_file))
        try:
            urllib.request.urlopen(f"{found.base_url}/", timeout=5, context=context).close()
            refused = ""
        except urllib.error.URLError as fault:
            refused = str(fault.reason)

    assert reason in refused
    assert bool(reason) == bool(refused)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@pytest.mark.parametrize(("mutant", "status"), [(None, 308), ("plain_http_302", 302), ("plain_http_served", 200)])
def test_plain_http_leads_to_tls(mutant: str | None, status: int) -> None:
    with running(mutant=mutant, tls=True) as found:
        url = f"http://127.0.0.1:{found.http_port}{urlsplit(found.base_url).path}/status"
        try:
            with urllib.request.build_opener(_Stay).open(url, timeout=5) as answer:
                seen, location = answer.status, None
        except urllib.error.HTTPError as answer:
            with answer:
                seen, location = answer.code, answer.headers["Location"]

    assert seen == status
    assert location == (None if status == 200 else f"{found.base_url}/status")


def test_the_command_lists_all_and_refuses_unknown_names() -> None:
    command = [sys.executable, "-m", "fixtures.reference_sut"]
    listed = subprocess.run([*command, "--list"], cwd=ROOT, capture_output=True, text=True, check=True)
    unknown = subprocess.run([*command, "--mutant", "nobody"], cwd=ROOT, capture_output=True, text=True, check=False)

    names = [line.split()[1] for line in listed.stdout.splitlines()]
    assert names == [*registry.MUTANTS, *registry.VARIANTS, *registry.TRAPS]
    assert unknown.returncode == 2
    assert "nobody" in unknown.stderr
