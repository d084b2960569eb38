"""What a second tool saw of the system, as supporting evidence of a report: it never decides a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from validator.api.capability import parsed
from validator.api.client import BudgetSpent, Client
from validator.api.opening import LiveOptions, Opened, client_of
from validator.api.redact import Redactor
from validator.api.schemathesis import NAME, Asked, Ran, leads_elsewhere, run, shown_command
from validator.api.schemathesis_events import Kind, Tally
from validator.api.secret import Secret
from validator.api.tls import Pair, TlsSettings
from validator.api.tokens import TokenError
from validator.messages import message
from validator.model.exchange import Headers
from validator.model.text import Text

ROLE: Final = "main"
RECORD: Final = "supporting.ndjson"
KINDS: Final = 200
ERRORS: Final = 20
LONGEST: Final = 600
GOOD_CODES: Final = (0, 1)  # 1: it found something


def look(opened: Opened, options: LiveOptions, folder: Path) -> dict[str, Any] | None:
    """Runs schemathesis and tells what came of it, secrets taken out; None when it is not wanted. It is for after
    the suites and their clean-up, so that it can change nothing of what they saw."""
    if options.schemathesis is None:
        return None
    redactor = opened.client.recorder.redactor
    # The run's own client and record are closed, and stay as they are.
    client, _ = client_of(opened.client.base, options, folder / RECORD, redactor)
    try:
        document, (headers, pair) = _document(client), _identity(client)
    finally:
        client.close()
        client.recorder.close()
    if document is None:
        return _not_run(_why("no_document"))
    if (place := leads_elsewhere(document)) is not None:
        return _not_run(_why("leads_elsewhere", place=_short(redactor, place)))
    header = (headers[0][0], Secret(headers[0][1])) if headers else None
    asked = Asked(
        options.schemathesis, client.base, document, options.seed, options.allow_writes, options.rate,
        options.timeout, header, TlsSettings(options.ca, pair, options.verify),
    )  # fmt: skip
    options.told(NAME, len(opened.session.done), 0)
    try:
        return _told(run(asked), asked, redactor)
    except (OSError, RecursionError) as fault:
        return _not_run(_why("failed", code="-", words=_short(redactor, f"{type(fault).__name__}: {fault}")))


def _not_run(reason: Text) -> dict[str, Any]:
    return {"tool": NAME, "state": "not_run", "reason": reason.as_dict()}


def _document(client: Client) -> Mapping[str, Any] | None:
    try:
        exchange = client.send("GET", client.url("openapi.json"), role=None)
    except BudgetSpent:
        return None
    found = parsed(exchange) if exchange.answer and exchange.answer.status == HTTPStatus.OK else None
    return found if isinstance(found, Mapping) else None


def _identity(client: Client) -> tuple[Headers, Pair | None]:
    try:
        return client.identity(ROLE)
    except (TokenError, BudgetSpent):  # told by the suites; the tool goes without
        return (), None


def _told(ran: Ran, asked: Asked, redactor: Redactor) -> dict[str, Any]:
    state, reason = _state(ran, asked, redactor)
    tally = ran.tally
    return {
        "tool": NAME,
        "state": state,
        "reason": reason.as_dict() if reason else None,
        "version": _short(redactor, tally.version) if tally.version else None,
        "command": redactor.text(shown_command(ran)),
        "seed": asked.seed,
        "credential": ROLE if asked.header or asked.tls.client else None,
        "seconds": round(ran.seconds, 1),
        "requests": tally.requests,
        "methods": {_short(redactor, name): tally.methods[name] for name in sorted(tally.methods)},
        "unread_lines": tally.unread,
        "errors_count": tally.errors.total(),
        "errors": [_short(redactor, text) for text in sorted(tally.errors)[:ERRORS]],
        "findings_count": tally.failures.total(),
        "kinds_count": len(tally.failures),
        "findings": list(_findings(tally, redactor)),
    }


def _state(ran: Ran, asked: Asked, redactor: Redactor) -> tuple[str, Text | None]:
    if ran.code is None:
        return "timed_out", _why("timed_out", seconds=round(asked.longest))
    if ran.code in GOOD_CODES and ran.tally.completed:
        return "completed", None
    return "failed", _why("failed", code=ran.code, words=_short(redactor, ran.last_words) or "-")


def _findings(tally: Tally, redactor: Redactor) -> Iterator[dict[str, Any]]:
    for kind in sorted(tally.failures, key=_order)[:KINDS]:
        sample = tally.samples[kind]
        texts = {"title": sample.title, "message": sample.message, "request": sample.request}
        yield {
            **{name: _short(redactor, getattr(kind, name)) for name in ("check", "code", "operation")},
            "status": kind.status,
            "count": tally.failures[kind],
            "sample": {name: _short(redactor, text) for name, text in texts.items()},
        }


def _order(kind: Kind) -> tuple[str, str, str, int]:
    return kind.check, kind.code, kind.operation, kind.status or 0


def _short(redactor: Redactor, text: str) -> str:
    """Redacted whole, then cut: half a secret would not be known again."""
    clean = redactor.text(text)
    return clean if len(clean) <= LONGEST else f"{clean[:LONGEST]}…"


def _why(name: str, **params: Any) -> Text:
    return message("findings", f"supporting.{name}", params)
