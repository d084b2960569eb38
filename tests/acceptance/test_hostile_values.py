"""Values that mean something elsewhere: SQL, HTML, templates, patterns, cycles. Here they are just text."""

import json
import shutil
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.submissions import ENVELOPE, assert_told_well, document, lines, record, submission, validate
from validator.catalogue.load import standards
from validator.resources import data_folder
from validator.seal import seal_folder

EXAMPLES = {s.id: data_folder("standards") / s.code / s.version / "examples" for s in standards().values()}
FOLDERS = [(name, path) for name, folder in EXAMPLES.items() for path in sorted(folder.glob("*")) if path.is_dir()]
FREE_TEXT = frozenset({"note", "notes", "title", "description", "headline", "remark", "reason", "text"})
SQL = "x'); DROP TABLE sub.file; DROP SCHEMA core CASCADE; ATTACH 'x.db'; COPY sub.file TO '/tmp/x'; -- \"; /* $otr_min"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{7*7}}${7*7}{found}%s"


def rewritten(path: Path, change: Callable[[str, str], str]) -> None:
    """Every string of a JSON or JSON Lines file given to `change` with the name of its member."""

    def walk(node: Any, name: str = "") -> Any:
        if isinstance(node, dict):
            return {key: walk(inner, key) for key, inner in node.items()}
        if isinstance(node, list):
            return [walk(inner, name) for inner in node]
        return change(name, node) if isinstance(node, str) else node

    text = path.read_text(encoding="utf-8")
    parts = [text] if path.suffix != ".jsonl" else text.splitlines()
    path.write_text("\n".join(json.dumps(walk(json.loads(p)), ensure_ascii=False) for p in parts), encoding="utf-8")


def data_files(root: Path) -> Iterator[Path]:
    return (p for p in root.rglob("*.json*") if p.name != "manifest.json")


@pytest.fixture
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copytree(request.param, tmp_path / "s"))


every_example = pytest.mark.parametrize(
    "example", [path for _, path in FOLDERS], ids=[f"{name}-{path.name}" for name, path in FOLDERS], indirect=True
)


@every_example
def test_sql_in_free_text_is_judged_like_any_other_text_of_its_length(example: Path, tmp_path: Path) -> None:
    """Some requirements look at free text (its length, its likeness to another): a harmless text is the control."""
    counts = []
    for text in (SQL, "x" * len(SQL)):
        root = Path(shutil.copytree(example, tmp_path / str(len(counts))))
        for path in data_files(root):
            rewritten(path, lambda name, old, new=text: f"{old} {new}" if name in FREE_TEXT else old)  # type: ignore[misc]
        seal_folder(root)
        ran = validate(root)
        assert ran.errors == []
        counts.append({r["requirement"]: (r["outcome"], r["findings_count"]) for r in ran.report["results"]})

    assert counts[0] == counts[1]


@every_example
@pytest.mark.parametrize("value", [SQL, SCRIPT], ids=["sql", "script"])
def test_a_hostile_string_in_every_member_is_found_and_does_nothing(value: str, example: Path) -> None:
    for path in data_files(example):
        rewritten(path, lambda _, __: value)
    seal_folder(example)
    ran = validate(example)

    assert ran.code == 1
    assert ran.errors == []
    assert ran.seconds < 60
    assert not Path("/tmp/x").exists()


class Seen(HTMLParser):
    """The elements and attributes of a page, as a browser would make them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_script_in_every_text_is_only_text_in_the_report(tmp_path: Path) -> None:
    root = submission(
        tmp_path / "s",
        document(*(record(n, **{SCRIPT: SCRIPT}, note=SCRIPT, status=SCRIPT, series=SCRIPT) for n in range(3)),
                 license=SCRIPT, **{SCRIPT: 1}),
        submission=SCRIPT[:200], title=SCRIPT,
        vendor={"name": SCRIPT, "contact": SCRIPT, "address": SCRIPT}, product={"name": SCRIPT, "version": SCRIPT},
    )  # fmt: skip
    out = tmp_path / "out"
    ran = validate(root, "--format", "json,html,text,junit,sarif", "--out", str(out))
    seen = Seen()
    page = (out / "report.html").read_text(encoding="utf-8")
    seen.feed(page)

    assert ran.code == 1
    assert "&lt;script&gt;alert(1)" in page
    assert not {"script", "img"} & seen.tags
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert "<script" not in (out / "junit.xml").read_text(encoding="utf-8")
    assert "49" not in json.loads((out / "report.json").read_text(encoding="utf-8"))["submission"]["vendor"]["name"]


@pytest.mark.parametrize(
    "name", ["__proto__", "constructor", "toString", "__class__", "", " ", "a/b~c", "$ref", "ſeries"]
)
def test_a_member_with_a_strange_name_is_undeclared_and_nothing_more(name: str, tmp_path: Path) -> None:
    ran = validate(submission(tmp_path / "s", document(record(1, **{name: {"polluted": True}}))))

    assert_told_well(ran)
    assert ran.told <= {"schema.undeclared", "schema.undeclared_near"}
    assert list(ran.failed) == ["VSC-CORE-R03"]


@pytest.mark.parametrize("where", ["record", "nested", "envelope"])
def test_a_very_long_name_costs_little_and_is_shown_in_part(where: str, tmp_path: Path) -> None:
    long = "n" * 2_000_000
    extra: dict[str, Any] = {long: ["\u202e"] * 1000}
    content = {
        "record": document(*(record(n, **extra) for n in range(2))),
        "nested": document(record(1, quantity={"value": 1, "unit": "kW", **extra})),
        "envelope": document(record(1), **extra),
    }[where]
    ran = validate(submission(tmp_path / "s", content))

    assert_told_well(ran)
    assert len(ran.out) < 500_000
    assert ran.seconds < 60


@pytest.mark.parametrize("member", ["series", "area_code", "observed_at", "status", "note", "quantity", "cost"])
def test_a_very_long_value_costs_little_and_is_shown_in_part(member: str, tmp_path: Path) -> None:
    ran = validate(submission(tmp_path / "s", document(*(record(n, **{member: "9" * 1_000_000}) for n in range(12)))))

    assert_told_well(ran)
    assert len(ran.out) < 500_000
    assert ran.seconds < 60


@pytest.mark.parametrize("unit", ["9" * 1_000_000, "m" * 1_000_000])
def test_a_very_long_code_costs_little_and_is_shown_in_part(unit: str, tmp_path: Path) -> None:
    ran = validate(submission(tmp_path / "s", document(record(1, quantity={"value": 1, "unit": unit}))))

    assert_told_well(ran)
    assert len(ran.out) < 500_000


@pytest.mark.parametrize(
    "value",
    [2**53 + 1, -(2**53) - 1, 2**63 - 1, 2**63, -(2**63), 2**64 - 1, -(2**63) - 1, 10**18,
     1e308, -1e308, 5e-324, -0.0, 1e16],
)  # fmt: skip
def test_a_number_at_the_edge_of_a_type_is_judged_and_breaks_nothing(value: float, tmp_path: Path) -> None:
    made = [record(1, quantity={"value": value, "unit": "kW"}), record(2, cost={"amount": value, "currency": "VND"})]
    ran = validate(submission(tmp_path / "s", document(*made)))

    assert ran.code in (0, 1), ran.err
    assert ran.errors == []


@pytest.mark.parametrize(
    "text",
    ["0000-01-01T00:00:00+07:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00",
     "10000-01-01T00:00:00Z", "294247-01-10T04:00:54Z", "infinity", "-infinity", "epoch", "2026-02-30T00:00:00+07:00",
     "2026-11-15T24:00:00+07:00", "2026-11-15T23:59:60+07:00", "2026-11-15T00:00:00+99:99",
     "2026-11-15T00:00:00.9999999999Z", "2026-11-15", "15/11/2026", "", "now()", "2026-11-15T00:00:00+07:00'"],
)  # fmt: skip
def test_a_time_at_the_edge_of_the_calendar_is_judged_and_breaks_nothing(text: str, tmp_path: Path) -> None:
    times = ("generated_at", "data_from", "data_through", "available_at")
    made = document(record(1, observed_at=text, available_at=text), **dict.fromkeys(times, text))
    log = [{"dataset": "VSC-CORE/reading", "key": "*", "subject_time": text, "data_through": text, "available_at": text,
            "received_at": text, "bytes": 1, "sha256": "0" * 64, "status": "ok", "prev": "", "hash": ""}]  # fmt: skip
    root = submission(tmp_path / "s", made, delivery_log="log.jsonl")
    (root / "log.jsonl").write_bytes(lines(log))
    ran = validate(root)

    assert_told_well(ran)


@pytest.mark.parametrize(
    "entry",
    [b"", b"{", b"[]", b"5", b'{"bytes": 99999999999999999999}', b'{"hash": "\\ud800"}', b'{"hash": NaN}', b"\xff",
     b'{"a": ' + b"[" * 900 + b"]" * 900 + b"}", b"[" * 200_000, b'{"prev": "", "prev": ""}', b'{"sha256": 1e400}'],
)  # fmt: skip
def test_a_delivery_log_that_is_no_log_is_told(entry: bytes, tmp_path: Path) -> None:
    root = submission(tmp_path / "s", lines([record(1)]), "jsonl", delivery_log="log.jsonl")
    (root / "log.jsonl").write_bytes(entry + b"\n")
    ran = validate(root)

    assert_told_well(ran)
    assert "log.jsonl" in {f["location"]["file"] for r in ran.report["results"] for f in r["findings"]}


def test_files_that_supersede_each_other_in_a_circle_end(tmp_path: Path) -> None:
    ids = [f"urn:uuid:4a0d6f0e-6d0e-4e0a-9a55-5d1f1b1c000{n}" for n in range(4)]
    root = submission(tmp_path / "s", None)
    names = [f"d{n}.json" for n in range(4)]
    for n, name in enumerate(names):
        (root / name).write_bytes(
            document(record(n), dataset_id=ids[n], supersedes=ids[(n + 1) % 3] if n < 3 else ids[3])
        )
    manifest = json.loads((root / "manifest.json").read_text(encoding="utf-8"))
    manifest["datasets"][0]["files"] = [{"path": name} for name in names]
    (root / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    seal_folder(root)
    ran = validate(root)

    assert ran.code in (0, 1)
    assert ran.errors == []
    assert ran.seconds < 60


def patterns() -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for standard in standards().values():
        schemas = [d.schema for d in (*standard.datasets.values(), *standard.documents.values())]
        stack: list[Any] = [*schemas]
        while stack:
            node = stack.pop()
            if isinstance(node, dict):
                if isinstance(node.get("pattern"), str):
                    found.setdefault(node["pattern"], standard.id)
                stack.extend(node.values())
            elif isinstance(node, list):
                stack.extend(node)
    return sorted(found.items())


@pytest.mark.parametrize("pattern", [p for p, _ in patterns()])
def test_no_pattern_of_a_schema_explodes(pattern: str) -> None:
    """Long strings that almost match: whatever matches them must take time in proportion to their length."""
    check = jsonschema_rs.validator_for({"pattern": pattern})
    pieces = ["a", "0", "A", ".", "-", "_", ":", " ", "/", "+", "a.", "a-", "0:", "A0", "https://a", "urn:a:", "%41"]
    for piece in pieces:
        for tail in ("", "!", "\n", "\0", "ế"):
            check.is_valid(piece * (200_000 // len(piece)) + tail)


def test_a_record_with_every_name_of_the_envelope_is_still_a_record(tmp_path: Path) -> None:
    ran = validate(submission(tmp_path / "s", document({**record(1), **ENVELOPE, "records": [record(2)]})))

    assert_told_well(ran)
