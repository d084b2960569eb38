"""Opens a live run: a guarded client, what the system claims, the scope that follows, and a session for the tests."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from validator.api.capability import Claim, claimed_class, claims_of, collections_of, parsed
from validator.api.client import BudgetSpent, Client, Limits
from validator.api.clock import SYSTEM, Clock
from validator.api.credential_file import load
from validator.api.credentials import Keyring
from validator.api.document import Offered, assemble, has_template, offered_filters
from validator.api.guard import Guard
from validator.api.journal import FILE, Journal
from validator.api.looks import Looks
from validator.api.player import Player
from validator.api.recorder import Recorder
from validator.api.redact import Redactor
from validator.api.second_opinion import SecondOpinion
from validator.api.session import Session
from validator.api.sightings import FILE as SIGHTINGS
from validator.api.sightings import SeenClock, Sightings
from validator.api.sut import Context
from validator.api.tls import TlsSettings
from validator.api.window import Window, read_window
from validator.catalogue.load import find_standard, standards
from validator.errors import UsageError
from validator.model.scope import Scope
from validator.model.standard import ConformanceClass, Standard

LIVE: Final = "api"
EXCHANGES: Final = "exchanges.ndjson"
BODIES: Final = "bodies"


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How a live run is carried out. `seed` decides every input that is not the system's own data; `folder` keeps
    the evidence; `manifest` is that of the vendor's submission, whose claims count beside the system's own;
    `http_port` is where plain HTTP would answer (80 when the URL has the usual port of HTTPS); `schemathesis` is
    its executable, where it is to look too; `whole_bodies` keeps what is needed to replay the run; `player` answers
    in the system's place, from the record of an earlier run."""

    standards: tuple[str, ...] = ()
    conformance_class: ConformanceClass | None = None
    manifest: Mapping[str, Any] | None = None
    seed: int = 1
    allow_writes: bool = False
    auth: Path | None = None
    allow_networks: tuple[str, ...] = ()
    ca: Path | None = None
    verify: bool = True
    http_port: int | None = None
    rate: float = 50.0
    budget: int = 5000
    timeout: float = 20.0
    watch_log: Path | None = None
    profile: Mapping[str, Any] | None = None
    resume: bool = False
    schemathesis: Path | None = None
    whole_bodies: bool = False
    player: Player | None = None
    clock: Clock = SYSTEM
    told: Callable[[str, int, int], None] = field(default=lambda _name, _done, _total: None)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session with what it was opened from."""

    session: Session
    scope: Scope
    client: Client
    claims: tuple[Claim, ...]
    window: Window | None
    sightings: Sightings
    started: datetime


def has_live(standard: Standard) -> bool:
    """Whether a standard has a requirement that a running system is asked for."""
    return any(check.kind == LIVE for r in standard.requirements for check in r.checks)


def suites_of(scope: Scope) -> tuple[str, ...]:
    """The folders of the suites that the scope needs, in its order."""
    wanted = (c.settings["suite"] for r in scope.requirements() for c in r.checks if c.kind == LIVE)
    return tuple(dict.fromkeys(str(name) for name in wanted))


def client_of(url: str, options: LiveOptions, record: Path, redactor: Redactor) -> tuple[Client, Keyring]:
    """The guarded client of a run, recording into a file. Raises UsageError."""
    limits = Limits(timeout=options.timeout, rate=options.rate, budget=options.budget)
    if options.player is not None:
        return options.player.client(url, limits), options.player.keys
    keys = load(options.auth) if options.auth else Keyring()
    if not options.resume:  # another run's evidence is not this one's
        record.unlink(missing_ok=True)
    recorder = Recorder(record, redactor, record.with_name(BODIES) if options.whole_bodies else None)
    tls = TlsSettings(ca=options.ca, verify=options.verify)
    guard = Guard.of(url, options.allow_networks)
    return Client(url, limits, guard, keys, recorder, tls=tls, clock=options.clock), keys


def open_run(url: str, options: LiveOptions, folder: Path) -> Opened:
    """Asks the system for its claims and makes the session. Raises UsageError, EvidenceError."""
    client, keys = client_of(url, options, folder / EXCHANGES, Redactor())
    sightings = options.player.sightings if options.player else Sightings(folder / SIGHTINGS, afresh=not options.resume)
    try:
        return _opened(url.rstrip("/"), options, folder, client, keys, sightings)
    except BaseException:
        client.close()
        client.recorder.close()
        raise


def _opened(
    base: str, options: LiveOptions, folder: Path, client: Client, keys: Keyring, sightings: Sightings
) -> Opened:
    started = sightings.now("run", options.clock)
    claims = claims_of(parsed(client.send("GET", f"{base}/conformance", role=None)))
    scope = _scope(claims, options)
    window = read_window(options.watch_log, base) if options.watch_log else None
    contexts = {s.id: _context(s, scope, base, options, keys, window, sightings) for s in scope.standards}
    live = [r for r in scope.requirements() if any(c.kind == LIVE for c in r.checks)]
    journal = Journal(folder / FILE, _terms(base, scope, options), options.resume)
    session = Session(client, client.recorder, contexts, live, journal, _opinion(client, base, scope), options.told)
    return Opened(session, scope, client, claims, window, sightings, started)


def _scope(claims: tuple[Claim, ...], options: LiveOptions) -> Scope:
    chosen = [find_standard(name) for name in options.standards]
    if not chosen:
        claimed = {(c.code, c.version) for c in claims}
        able = [s for s in standards().values() if has_live(s)]
        chosen = [s for s in able if (s.code, s.version) in claimed or claimed_in(options.manifest, s)] or [
            s for s in able if has_template(s)
        ]
    for standard in chosen:
        if not has_live(standard):
            raise UsageError("usage.not_live", {"standard": standard.id})
    classes = {
        s.id: options.conformance_class
        or claimed_in(options.manifest, s)
        or claimed_class(claims, s.code, s.version)
        or ConformanceClass.ADVANCED
        for s in chosen
    }
    values = (options.profile or {}).get("parameters") or {}
    parameters = {s.id: {p.name: p.value for p in s.parameters.values()} | values.get(s.id, {}) for s in chosen}
    return Scope(tuple(chosen), classes, frozenset(classes), parameters)


def claimed_in(manifest: Mapping[str, Any] | None, standard: Standard) -> ConformanceClass | None:
    """The class of a standard that the manifest of a submission claims."""
    for claim in (manifest or {}).get("claims", ()):
        if claim["standard"] == standard.id and claim.get("version", standard.version) == standard.version:
            return ConformanceClass(claim["class"])
    return None


def _context(
    standard: Standard,
    scope: Scope,
    base: str,
    options: LiveOptions,
    keys: Keyring,
    window: Window | None,
    sightings: Sightings,
) -> Context:
    return Context(
        base=base,
        seed=options.seed,
        allow_writes=options.allow_writes,
        standard=standard,
        parameters=scope.parameters[standard.id],
        roles=frozenset(keys.roles),
        manifest_class=claimed_in(options.manifest, standard),
        looks=Looks(
            Guard.of(base, options.allow_networks), TlsSettings(ca=options.ca, verify=options.verify), sightings
        ),
        http_port=options.http_port,
        window=window,
        clock=SeenClock(options.clock, sightings),
    )


def _terms(base: str, scope: Scope, options: LiveOptions) -> dict[str, Any]:
    return {
        "url": base,
        "seed": options.seed,
        "allow_writes": options.allow_writes,
        "standards": {s.coordinate: s.sha256 for s in scope.standards},
        "classes": {name: c.value for name, c in scope.classes.items()},
        "parameters": {name: dict(values) for name, values in scope.parameters.items()},
    }


def _opinion(client: Client, base: str, scope: Scope) -> SecondOpinion | None:
    """openapi-core with the document that the standard demands of these collections: by the very schemas that our
    own engine judges by, so that the two can only differ by a fault of one of them. None without such a document."""
    try:
        collections = tuple(collections_of(parsed(client.send("GET", f"{base}/collections", role=None))))
    except BudgetSpent:
        return None
    offered = [
        Offered(c.id, c.dataset, offered_filters(c.dataset), c.writable) for c in collections if c.dataset is not None
    ]
    api = next((standard for standard in scope.standards if has_template(standard)), None)
    try:
        return SecondOpinion(assemble(api, offered), base) if api else None
    except ValueError:
        return None


def plain_session(url: str, file: str | None) -> Session:
    """The session of a plain `pytest` call; its evidence lies in a new folder below the temporary one."""
    return open_run(url, _plain_options(file), Path(tempfile.mkdtemp(prefix="lienthong-live-"))).session


def _plain_options(file: str | None) -> LiveOptions:
    """The options of a TOML file. Raises UsageError."""
    try:
        return _options_of(tomllib.loads(Path(file).read_text(encoding="utf-8")) if file else {})
    except (OSError, ValueError, TypeError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise UsageError("usage.live_options", {"path": file, "reason": reason}) from fault


def _options_of(given: dict[str, Any]) -> LiveOptions:
    known = {f.name for f in fields(LiveOptions)} - {"clock", "told", "profile", "manifest", "schemathesis", "player"}
    for name in given:
        if name not in known:
            raise UsageError("usage.unknown_live_option", {"name": name, "known": ", ".join(sorted(known))})
    for name in ("auth", "ca", "watch_log"):
        if name in given:
            given[name] = Path(given[name])
    for name in ("standards", "allow_networks"):
        given[name] = tuple(given.get(name, ()))
    if "conformance_class" in given:
        given["conformance_class"] = ConformanceClass(given["conformance_class"])
    return LiveOptions(**given)
