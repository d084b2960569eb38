"""Python peers, each its own process: `python -m tests.bench.peers ENGINE SCHEMA FILE START END [FAILING]`,
or `csv FILE`, `orjson-document FILE MEMBER`, `iterparse FILE TAG [XSD]`.

Prints one JSON line {records, failing, errors, begin, end}; begin and end are readings of the
monotonic clock around the work, without the start of the interpreter and of the engine.
"""

from __future__ import annotations

import csv
import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

WINDOW = 4 * 1024 * 1024
Errors = Callable[[Any], int]
"""How many errors the engine finds in a value."""


def lines(path: Path, start: int, end: int) -> Iterator[bytes]:
    """The lines between two byte offsets that lie at line starts."""
    with path.open("rb") as stream:
        stream.seek(start)
        left = end - start
        kept = b""
        while left > 0:
            window = stream.read(min(WINDOW, left))
            left -= len(window)
            *whole, kept = (kept + window).split(b"\n")
            yield from whole
    if kept:
        yield kept


def table_rows(path: Path) -> dict[str, Any]:
    """Python's csv module alone: the rows of a CSV file read as text."""
    begin = time.monotonic()
    with path.open(encoding="utf-8", newline="") as stream:
        records = sum(1 for _ in csv.reader(stream, strict=True)) - 1
    return _said(records, 0, 0, begin)


def document(path: Path, member: str) -> dict[str, Any]:
    """One JSON document parsed whole by orjson; `member` names its array of records, empty for a root array.

    The garbage collector pauses: otherwise it walks millions of new objects again and again.
    """
    gc.disable()
    begin = time.monotonic()
    value = orjson.loads(path.read_bytes())
    return _said(len(value[member] if member else value), 0, 0, begin)


def elements(path: Path, tag: str, xsd: Path | None) -> dict[str, Any]:
    """Every element `tag` of an XML document by lxml's iterparse, checked by the schema as it streams if given."""
    from lxml import etree

    schema = etree.XMLSchema(etree.parse(xsd)) if xsd else None
    begin, records = time.monotonic(), 0
    stream = etree.iterparse(path, events=("end",), tag=tag, schema=schema)
    try:
        for _, element in stream:
            records += 1
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError:
        return _said(records, 0, len(stream.error_log), begin)
    return _said(records, 0, len(stream.error_log), begin)


def _said(records: int, failing: int, errors: int, begin: float) -> dict[str, Any]:
    return {"records": records, "failing": failing, "errors": errors, "begin": begin, "end": time.monotonic()}


def parse_only(_schema: Any) -> Errors:
    return lambda _value: 0


def rust(schema: Any) -> Errors:
    import jsonschema_rs

    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    is_valid, iter_errors = validator.is_valid, validator.iter_errors
    return lambda value: 0 if is_valid(value) else sum(1 for _ in iter_errors(value))


def python(schema: Any) -> Errors:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return lambda value: sum(1 for _ in validator.iter_errors(value))


ENGINES: dict[str, Callable[[Any], Errors]] = {"orjson": parse_only, "jsonschema-rs": rust, "jsonschema": python}


def examine(engine: str, schema: Any, path: Path, start: int, end: int) -> tuple[dict[str, Any], list[int]]:
    """Counts and the numbers (from 0) of the failing records."""
    errors_of = ENGINES[engine](schema)
    records = errors = 0
    failing: list[int] = []
    begin = time.monotonic()
    for line in lines(path, start, end):
        try:
            found = errors_of(orjson.loads(line))
        except orjson.JSONDecodeError:
            found = 1
        if found:
            failing.append(records)
            errors += found
        records += 1
    return _said(records, len(failing), errors, begin), failing


def main(engine: str, *given: str) -> None:
    if engine == "csv":
        said = table_rows(Path(given[0]))
    elif engine == "orjson-document":
        said = document(Path(given[0]), given[1])
    elif engine == "iterparse":
        said = elements(Path(given[0]), given[1], Path(given[2]) if given[2:] else None)
    else:
        schema, file, start, end, *failing_file = given
        said, failing = examine(engine, orjson.loads(Path(schema).read_bytes()), Path(file), int(start), int(end))
        for name in failing_file:
            Path(name).write_text("\n".join(map(str, failing)))
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
