"""Edits of a submission folder, as data: how cases and the faulty sample city are made from good ones."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from validator.seal import write_json

Document = Any


class EditError(Exception):
    """The edit does not fit what it edits; a case with such an edit proves nothing."""


def apply_edit(root: Path, edit: Mapping[str, Any]) -> None:
    """Applies one edit in place. Raises EditError when it changes nothing."""
    if "manifest" in edit:
        _edit_document(root / "manifest.json", edit["manifest"])
        return
    path = root / edit["file"]
    if "write" in edit:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(edit["write"], encoding="utf-8")
    elif edit.get("unlink"):
        path.unlink()
    elif "replace" in edit:
        old, new = edit["replace"]
        _replace(path, old, new, bool(edit.get("all")))
    elif "raw_hex" in edit:
        raw = path.read_bytes()
        more = edit["raw_hex"]
        path.write_bytes(bytes.fromhex(more.get("prepend", "")) + raw + bytes.fromhex(more.get("append", "")))
    elif "document" in edit:
        _edit_document(path, edit["document"])
    else:
        _edit_records(path, edit)


def _replace(path: Path, old: str, new: str, everywhere: bool) -> None:
    text = path.read_bytes().decode("utf-8")
    if old not in text:
        raise EditError(f"{path.name} does not contain {old!r}")
    path.write_bytes(text.replace(old, new, -1 if everywhere else 1).encode("utf-8"))


def _edit_document(path: Path, change: Mapping[str, Any]) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    _change(document, change)
    write_json(path, document)


def _change(document: Document, change: Mapping[str, Any]) -> None:
    for pointer, value in (change.get("set") or {}).items():
        put(document, pointer, value)
    for pointer in change.get("remove") or ():
        drop(document, pointer)


def _steps(pointer: str) -> list[str]:
    if not pointer.startswith("/"):
        raise EditError(f"not a JSON pointer: {pointer!r}")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _parent(document: Document, pointer: str) -> tuple[Document, str]:
    *above, last = _steps(pointer)
    for step in above:
        if isinstance(document, list):
            document = document[_index(document, step)]
        elif isinstance(document, dict):
            document = document.setdefault(step, {})
        else:
            raise EditError(f"nothing at {pointer!r}")
    return document, last


def _index(items: list[Document], step: str) -> int:
    if not step.isdigit() or int(step) >= len(items):
        raise EditError(f"no item {step!r} in an array of {len(items)}")
    return int(step)


def put(document: Document, pointer: str, value: Any) -> None:
    """Sets the value at a JSON Pointer; `-` appends to an array."""
    parent, last = _parent(document, pointer)
    if isinstance(parent, list):
        if last == "-":
            parent.append(value)
        else:
            parent[_index(parent, last)] = value
    else:
        parent[last] = value


def drop(document: Document, pointer: str) -> None:
    """Removes what stands at a JSON Pointer. Raises EditError when there is nothing."""
    parent, last = _parent(document, pointer)
    try:
        del parent[int(last) if isinstance(parent, list) else last]
    except (KeyError, IndexError) as fault:
        raise EditError(f"nothing to remove at {pointer!r}") from fault


def _edit_records(path: Path, edit: Mapping[str, Any]) -> None:
    records, save = _load(path)
    if "append" in edit:
        save([*records, edit["append"]])
        return
    matching = [i for i, record in enumerate(records) if _matches(record, edit.get("where") or {})]
    if "nth" in edit:
        matching = matching[edit["nth"] : edit["nth"] + 1] if edit["nth"] >= 0 else matching[edit["nth"] :][:1]
    if not matching:
        raise EditError(f"{path.name}: no record matches {edit.get('where')}")
    changed: list[Document] = []
    for i, record in enumerate(records):
        if i not in matching:
            changed.append(record)
        elif not edit.get("delete"):
            changed.extend(_edited(record, edit))
    save(changed)


def _edited(record: Document, edit: Mapping[str, Any]) -> list[Document]:
    if "duplicate" in edit:
        copy = json.loads(json.dumps(record))
        _change(copy, {"set": edit["duplicate"] or {}})
        return [record, copy]
    _change(record, edit)
    return [record]


def _matches(record: Document, where: Mapping[str, Any]) -> bool:
    return all(_get(record, name) == wanted for name, wanted in where.items())


def _get(record: Document, name: str) -> Any:
    if isinstance(record, dict) and name in record:
        return record[name]
    for step in _steps(name) if name.startswith("/") else name.split("."):
        if isinstance(record, list) and step.isdigit() and int(step) < len(record):
            record = record[int(step)]
        elif isinstance(record, dict):
            record = record.get(step)
        else:
            return None
    return record


def _load(path: Path) -> tuple[list[Document], Callable[[list[Document]], None]]:
    if path.suffix == ".csv":
        return _load_csv(path)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()], lambda rows: _save_lines(path, rows)
    document = json.loads(text)
    member = next((name for name in ("records", "features", "entries") if name in document), None)
    if member is None:
        raise EditError(f"{path.name} has no array of records")
    return document[member], lambda rows: write_json(path, {**document, member: rows})


def _save_lines(path: Path, rows: list[Document]) -> None:
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def _load_csv(path: Path) -> tuple[list[Document], Callable[[list[Document]], None]]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows: list[Document] = list(reader)
        header = list(reader.fieldnames or ())

    def save(changed: list[Document]) -> None:
        out = io.StringIO()
        writer = csv.DictWriter(out, header, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows({k.strip("/"): v for k, v in row.items()} for row in changed)
        path.write_text(out.getvalue(), encoding="utf-8", newline="")

    return rows, save
