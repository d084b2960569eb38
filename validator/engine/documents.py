"""The package's own documents: envelopes, delivery log, CSV descriptors, and what the manifest promised."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from validator.checks.bytes import BytesCheck
from validator.checks.record_checks import aspect_owners
from validator.checks.schema import SchemaCheck
from validator.engine.local import checksum
from validator.engine.package import EnvelopeSeen
from validator.engine.plan import Placed
from validator.engine.tally import Tally
from validator.model.finding import Finding, Location
from validator.model.record import UNREADABLE, Batch, ReadFault
from validator.model.scope import Scope
from validator.model.submission import Observation, Submission
from validator.observe.limits import MAX_DOCUMENT_BYTES, MIB
from validator.observe.locate import place
from validator.observe.mapping import mapped
from validator.observe.parse import parse
from validator.observe.read_json import place_beside, read_json_lines, start_faults

Locate = Callable[[str], tuple[int, int | None]]


@dataclass(frozen=True, slots=True)
class Documents:
    """What the package's documents say and what is wrong with them."""

    envelopes: tuple[EnvelopeSeen, ...]
    descriptors: Mapping[str, Mapping[str, Any]]
    tallies: Mapping[str, Tally]


class DocumentReader:
    """Reads and checks side documents against the schemas that the standards in scope declare."""

    def __init__(self, scope: Scope, cap: int) -> None:
        self.bytes = BytesCheck(aspect_owners(scope), ())
        known = scope.known_ids()
        self.schemas = {
            name: SchemaCheck(document.schema, document.schema_requirement, known)
            for name, document in scope.documents().items()
        }
        self.cap = cap
        self.tallies: dict[str, Tally] = {}

    def keep(self, finding: Finding, locate: Locate | None = None) -> None:
        """Counts a finding; its place is looked up only when it will be shown."""
        tally = self.tallies.setdefault(finding.requirement, Tally(self.cap))
        tally.add(_outside(finding, locate) if locate and tally.wants_sample() else finding)

    def side(self, kind: str, name: str, path: Path) -> Mapping[str, Any] | None:
        """One JSON side document, checked; None when it cannot be read as an object."""
        with mapped(path) as text:
            start, faults, readable = start_faults(text)
            raw = bytes(text[start : start + MAX_DOCUMENT_BYTES])
            if len(text) > MAX_DOCUMENT_BYTES:
                limit = (("limit_mib", MAX_DOCUMENT_BYTES // MIB),)
                faults, readable = [ReadFault("size", "read.document_too_large", 1, params=limit)], False
        value: Any = UNREADABLE
        if readable:
            value, more = parse(raw, 1, None)
            faults += more
        batch = Batch(name, 1, [1], [0], [raw], [value], tuple(replace(fault, record=None) for fault in faults))
        locate = partial(place, raw, line=1)
        for _, finding in self.bytes(batch):
            self.keep(finding, locate)
        if value is UNREADABLE:
            return None
        self._explain(kind, value, name, locate)
        return value if isinstance(value, Mapping) else None

    def inline(self, observation: Observation, document: Mapping[str, Any]) -> None:
        """The envelope members of a JSON document whose records were read apart."""
        batch = Batch(observation.name, 1, [1], [0], [orjson.dumps(document)], [document])
        with mapped(observation.path) as text:
            locate = partial(place_beside, text)
            for _, finding in self.bytes(batch):
                self.keep(finding, locate)
            self._explain("envelope", {**document, "records": []}, observation.name, locate)

    def lines(self, kind: str, observation: Observation) -> None:
        """A JSON Lines document such as the delivery log, line by line."""
        for batch in read_json_lines(observation.path, observation.name, 0, observation.size):
            for _, finding in self.bytes(batch):
                self.keep(finding)
            for _, finding in self.schemas[kind](batch) if kind in self.schemas else ():
                self.keep(finding)

    def _explain(self, kind: str, value: Any, name: str, locate: Locate) -> None:
        check = self.schemas.get(kind)
        if check and not check.validator.is_valid(value):
            for finding in check.explain(value, Location(name, 1)):
                self.keep(finding, locate)


def _outside(finding: Finding, locate: Locate) -> Finding:
    """The finding with its place in the document; it is in no record."""
    location = replace(finding.location, record=None)
    if location.pointer:
        line, column = locate(location.pointer)
        location = replace(location, line=line, column=column)
    return replace(finding, location=location)


def read_documents(scope: Scope, submission: Submission, placed: tuple[Placed, ...], cap: int) -> Documents:
    """All package documents, with the checksum of each file's records recomputed."""
    reader = DocumentReader(scope, cap)
    envelopes, descriptors = [], {}
    by_file: dict[str, list[Placed]] = {}
    for p in placed:
        by_file.setdefault(p.unit.observation.name, []).append(p)
    for pieces in by_file.values():
        observation, parts = pieces[0].unit.observation, [p.part for p in pieces]
        computed = (parts[0].checksum or checksum(parts)) if observation.media != "xml" else None
        document, sidecar = next((p.envelope for p in parts if p.envelope is not None), None), None
        if observation.envelope:
            sidecar = observation.envelope[0]
            document = reader.side("envelope", *observation.envelope)
        elif document and observation.media == "json":
            reader.inline(observation, document)
        else:
            document = None
        if document is not None:
            envelopes.append(EnvelopeSeen(observation, document, computed, sidecar))
        if observation.descriptor:
            described = reader.side("descriptor", *observation.descriptor)
            descriptors[observation.name] = described or {}
    if submission.delivery_log:
        reader.lines("delivery", submission.delivery_log)
    for finding in _promises(scope, submission, reader.bytes):
        reader.keep(finding)
    return Documents(tuple(envelopes), descriptors, reader.tallies)


def _promises(scope: Scope, submission: Submission, check: BytesCheck) -> Iterator[Finding]:
    """Files that the manifest names but that are absent, of another digest, or of no offered format."""
    datasets = scope.datasets()
    for missing in submission.missing:
        dataset = datasets.get(missing.dataset or "")
        owner = check.owner.get("missing") or (dataset.schema_requirement if dataset else "")
        yield Finding(owner, "intake.missing", Location(missing.name), {"name": missing.name, "role": missing.role})
    for observation in submission.files:
        dataset = datasets.get(observation.dataset or "")
        if observation.stated_sha256 and observation.stated_sha256 != observation.sha256:
            owner = check.owner.get("digest") or (dataset.schema_requirement if dataset else "")
            place_ = Location(observation.name)
            yield Finding(owner, "intake.digest", place_, {}, observation.stated_sha256, observation.sha256)
        if dataset and observation.media not in dataset.formats:
            params = {"dataset": dataset.id, "format": observation.media}
            expected = ", ".join(dataset.formats)
            yield Finding(
                dataset.schema_requirement,
                "intake.format",
                Location(observation.name),
                params,
                expected,
                observation.media,
            )
