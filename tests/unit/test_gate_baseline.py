"""The baseline: what was there is still shown and marked; nothing new hides behind it."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.gating import gated, result_of, written
from tests.unit.sample_live import sample_live
from tests.unit.sample_report import sample_report
from validator.errors import UsageError
from validator.gate.baseline import Baseline, marked, read_baseline, renewed, stale
from validator.gate.keys import key_of, normal
from validator.report import RENDERERS

RUNNING = "VSC-BUD-R05"


def baseline_of(report, folder) -> Baseline:
    return read_baseline(written(folder, "baseline.json", renewed(report, None, accept_new=False)[0]))


def states(report, baseline):
    return [f["baseline"] for r in marked(report, baseline)["results"] for f in r["findings"]]


def test_every_finding_of_its_own_report_is_known_and_none_is_stale(tmp_path):
    baseline = baseline_of(gated(), tmp_path)

    assert set(states(gated(), baseline)) == {"known"}
    assert stale(gated(), baseline) == []


def test_lines_and_records_do_not_count(tmp_path):
    def move(report):
        for found in result_of(report, RUNNING)["findings"]:
            found["location"].update(line=9_000, record=8_000, column=3)

    baseline = baseline_of(gated(), tmp_path)

    assert set(states(gated(move), baseline)) == {"known"}
    assert stale(gated(move), baseline) == []


@pytest.mark.parametrize(
    "difference",
    [{"found": "1"}, {"expected": "2"}, {"message_id": "other.default"}, {"params": {"area_code": "20195"}}],
    ids=str,
)
def test_another_value_or_message_is_new_and_leaves_its_entry_stale(tmp_path, difference):
    def change(report):
        result_of(report, RUNNING)["findings"][0].update(difference)

    baseline = baseline_of(gated(), tmp_path)

    assert states(gated(change), baseline).count("new") == 1
    assert len(stale(gated(change), baseline)) == 1


def test_more_of_the_same_is_new(tmp_path):
    def repeat(report):
        result = result_of(report, RUNNING)
        result["findings"].append(deepcopy(result["findings"][0]))
        result["findings_count"] += 1

    assert states(gated(repeat), baseline_of(gated(), tmp_path)).count("new") == 1


def test_fewer_of_the_same_is_stale_so_that_no_room_is_left_for_something_new(tmp_path):
    def repeat(report):
        result = result_of(report, RUNNING)
        result["findings"].append(deepcopy(result["findings"][0]))
        result["findings_count"] += 1

    (entry,) = stale(gated(), baseline_of(gated(repeat), tmp_path))

    assert (entry.promised, entry.found) == (2, 1)


def test_indices_in_pointers_are_one_pattern():
    def at(pointer):
        def change(report):
            result_of(report, RUNNING)["findings"][0]["location"]["pointer"] = pointer

        result = result_of(gated(change), RUNNING)
        return key_of(result, result["findings"][0]).pointer

    assert at("/lines/3/amount") == at("/lines/77/amount") == "/lines/*/amount"
    assert at("/a[2]/b[11]") == "/a[*]/b[*]"
    assert at("/amount2") == "/amount2"


def test_a_live_finding_is_known_by_method_and_path_and_not_by_host():
    result = result_of(sample_live(), "VSC-API-R03")

    assert key_of(result, result["findings"][0]).pointer == "GET /vsc/v1/collections/env-station/items /title"
    assert key_of(result, result["findings"][3]).pointer == "GET /vsc/v1/status /title"


@given(st.text(max_size=30))
def test_normal_values_stay_as_they_are(text):
    once = normal(text)

    assert normal(once) == once


def test_numbers_and_spaces_have_one_form():
    assert normal("1.50") == normal("1.5") == "1.5"
    assert normal("-0") == normal("0.0") == "0"
    assert normal("1000") == "1000"
    assert normal(" a \n b ") == "a b"
    assert normal("Đa\u0300") == "Đà"
    assert normal(None) is None
    assert normal("007") == "007"


def test_renewing_takes_out_what_is_gone_and_takes_in_nothing_new(tmp_path):
    def change(report):
        findings = result_of(report, RUNNING)["findings"]
        findings[0]["found"] = "1"
        del findings[1]
        result_of(report, RUNNING)["findings_count"] -= 1

    old = baseline_of(gated(), tmp_path)
    text, left_out = renewed(gated(change), old, accept_new=False)
    kept = read_baseline(written(tmp_path, "kept.json", text))
    text, none = renewed(gated(change), old, accept_new=True)

    assert (left_out, none) == (1, 0)
    assert sum(kept.counts.values()) == sum(old.counts.values()) - 2
    assert states(gated(change), kept).count("new") == 1
    assert set(states(gated(change), read_baseline(written(tmp_path, "all.json", text)))) == {"known"}


def test_a_report_that_does_not_show_every_finding_makes_no_baseline():
    with pytest.raises(UsageError, match="baseline_cut"):
        renewed(sample_report(), None, accept_new=False)


def test_nothing_undecided_gets_into_a_baseline(tmp_path):
    kinds = {key.requirement for key in baseline_of(gated(), tmp_path).counts}

    assert kinds == {"VSC-BUD-R05", "VSC-CODE-R01", "VSC-CORE-R09"}


@pytest.mark.parametrize(
    "document",
    ["", "{", "[]", "{}", '{"schema": "lienthong-baseline/1.0", "schema": "x"}', "\udcff", "[" * 100_000],
    ids=range(7),
)
def test_a_malformed_file_is_a_wrong_call(tmp_path, document):
    path = tmp_path / "baseline.json"
    path.write_bytes(document.encode("utf-8", "surrogateescape"))

    with pytest.raises(UsageError, match="gate_file"):
        read_baseline(path)


def test_a_missing_file_or_a_doubled_entry_is_a_wrong_call(tmp_path):
    document = json.loads(renewed(gated(), None, accept_new=False)[0])
    document["entries"].append(document["entries"][0])

    for path in (tmp_path / "nowhere.json", written(tmp_path, "double.json", document)):
        with pytest.raises(UsageError, match="gate_file"):
            read_baseline(path)


def test_marks_are_shown_and_the_new_stands_first(tmp_path):
    def change(report):
        result_of(report, RUNNING)["findings"][5]["found"] = "1"

    view = marked(gated(change), baseline_of(gated(), tmp_path))

    assert "[new]" in RENDERERS["text"].load()(view, "en")
    assert "[đã có]" in RENDERERS["text"].load()(view, "vi")
    sarif = json.loads(RENDERERS["sarif"].load()(view, "en"))["runs"][0]["results"]
    assert [r["baselineState"] for r in sarif].count("new") == 1
    for name in ("html", "markdown", "ctrf", "codequality"):
        assert "new" in RENDERERS[name].load()(view, "en")
    assert result_of(view, RUNNING)["findings"][0]["baseline"] == "new"
