"""The sample reports in every format, byte for byte as it was last approved.

After a wanted change: `python -m tests.unit.test_report_snapshots` writes the files anew; read the difference.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.sample_live import sample_live
from tests.unit.sample_report import sample_report
from validator.report import RENDERERS
from validator.report.diff import compare, render_text

SNAPSHOTS = Path(__file__).parent / "snapshots"
NAMES = ["html.vi", "sarif.vi", "text.vi", "text.en", "junit.vi", "junit.en"]
NAMES += ["html-live.en", "text-live.en", "text-live.vi", "junit-live.en", "sarif-live.en"]
LIVE = "-live"
NAMES += ["markdown.vi", "markdown-live.en", "earl-live.en", "gitb.en", "ctrf-live.en", "intoto.en"]
NAMES += ["codequality.en", "badge.vi", "badge-svg.vi"]
EXTENSIONS = {"html": "html", "text": "txt", "junit": "xml", "sarif": "json", "markdown": "md", "earl": "jsonld"}
EXTENSIONS |= {"gitb": "xml", "ctrf": "json", "intoto": "json", "codequality": "json", "badge": "json"}
EXTENSIONS |= {"badge-svg": "svg"}


def rendered(name: str) -> str:
    """One rendering; of the page its style sheet is left out, which tests of its own look at."""
    kind, lang = name.split(".")
    report = sample_live() if kind.endswith(LIVE) else sample_report()
    shown = RENDERERS[kind.removesuffix(LIVE)].load()(report, lang)
    return re.sub(r"<style>.*?</style>|<meta http-equiv[^>]*>", "", shown, flags=re.DOTALL)


def difference() -> str:
    def change(report):
        report["tool"]["version"] = "0.2.0"
        for result in report["results"]:
            if result["requirement"] in ("VSC-BUD-R05", "VSC-BUD-R04"):
                result.update(outcome="passed", findings_count=0, findings=[], truncated=False, cause=None, reason=None)

    return render_text(compare(sample_report(), sample_report(change)))


def file_of(name: str) -> Path:
    return SNAPSHOTS / f"{name}.{EXTENSIONS[name.split('.')[0].removesuffix(LIVE)]}"


@pytest.mark.parametrize("name", NAMES)
def test_rendering_is_as_approved(name):
    assert rendered(name) == file_of(name).read_text("utf-8")


def test_comparison_is_as_approved():
    assert difference() == (SNAPSHOTS / "diff.vi.txt").read_text("utf-8")


def main() -> None:
    SNAPSHOTS.mkdir(exist_ok=True)
    for name in NAMES:
        file_of(name).write_text(rendered(name), "utf-8")
    (SNAPSHOTS / "diff.vi.txt").write_text(difference(), "utf-8")


if __name__ == "__main__":
    main()
