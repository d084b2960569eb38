"""The pytest plugin of the suites: `pytest conformance_suites/api --sut URL`.

A test is named by its requirement (`test_R04_...` in a module whose `REQUIREMENT` is the full id) and
notes faults with `find`. What it cannot tell, or a fault of ours, is never a pass: the plugin keeps
an outcome for every test, in `Session.done`, and pytest's own report says the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from validator.api.session import Session

SESSION: Final = pytest.StashKey["Session"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("lienthong", "conformance suites of Liên thông")
    group.addoption("--sut", metavar="URL", help="base URL of the system under test")
    group.addoption("--sut-options", metavar="FILE", help="TOML: seed, auth, allow_writes, allow_networks, ca, rate, …")


def pytest_configure(config: pytest.Config) -> None:
    if config.stash.get(SESSION, None) is None and config.getoption("--sut", None):
        from validator.api.opening import plain_session
        from validator.errors import LienthongError
        from validator.messages import message

        try:
            config.stash[SESSION] = plain_session(config.getoption("--sut"), config.getoption("--sut-options"))
        except LienthongError as fault:
            raise pytest.UsageError(message("errors", fault.message_id, fault.params).en) from fault


def pytest_unconfigure(config: pytest.Config) -> None:
    session = config.stash.get(SESSION, None)
    if session is not None:
        session.close()
        session.client.close()


def requirement_of(item: pytest.Item) -> str | None:
    """The full id of the requirement that a test is named by; None for tests that are none of a suite."""
    named = getattr(getattr(item, "module", None), "REQUIREMENT", None)
    return named if isinstance(named, str) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is not in scope, and what an interrupted run has done already."""
    session = config.stash.get(SESSION, None)
    if session is None:
        return
    kept = [
        item for item in items if requirement_of(item) is None or session.wants(str(requirement_of(item)), item.name)
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


@pytest.fixture
def sut(request: pytest.FixtureRequest) -> Any:
    """The system under test, with the parameters of the test's own standard."""
    session = request.config.stash.get(SESSION, None)
    if session is None:
        pytest.skip("no system under test: give --sut URL")
    return session.sut(str(requirement_of(request.node)))


@pytest.fixture
def find(request: pytest.FixtureRequest) -> Any:
    """Notes findings of this test."""
    session = request.config.stash.get(SESSION, None)
    if session is None:
        pytest.skip("no system under test: give --sut URL")
    return session.collector(str(requirement_of(request.node)), request.node.name)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    session = pyfuncitem.config.stash.get(SESSION, None)
    requirement = requirement_of(pyfuncitem)
    if session is None or requirement is None:
        return (yield)
    fault: Exception | None = None
    try:
        yield
    except Exception as raised:  # noqa: BLE001 - told apart by the session: an outcome, or a fault of ours
        fault = raised
    try:
        _tell(session.settle(requirement, pyfuncitem.name, fault), fault)
    finally:
        fault = None  # it holds this frame and this frame it: a test's pages would stay until the next collection
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """A stopped run ends here; pytest would take the stop for a failed test and go on."""
    raised = call.excinfo.value if call.excinfo is not None else None
    told = raised is None or isinstance(raised, Exception | pytest.skip.Exception | pytest.fail.Exception)
    if not told and item.config.stash.get(SESSION, None) is not None:
        item.session.shouldstop = "stopped"


def _tell(made: Any, fault: Exception | None) -> None:
    """The same outcome in pytest's own words."""
    if made.outcome == "failed":
        pytest.fail(made.words, pytrace=False)
    if made.outcome == "cantTell" and made.cause == "error" and fault is not None:
        raise fault
    if made.outcome != "passed":
        pytest.skip(f"{made.outcome}: {made.words}")


def run_suites(session: Session, folders: list[str], settings: str) -> int:
    """Runs the suites in this process, by their own settings file and without the plugins of its environment;
    pytest's exit code."""
    arguments = ["-p", "no:cacheprovider", "-p", "no:terminal", "--disable-plugin-autoload", "-c", settings, *folders]
    return int(pytest.main(arguments, plugins=[_Given(session), inspect.getmodule(run_suites)]))


class _Given:
    """Hands a session that is there already to the plugin."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[SESSION] = self.session
