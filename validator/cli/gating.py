"""`--baseline` and `--waivers` of `validate` and `test`: read before the work, applied to its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from validator.cli.clicks import option
from validator.cli.words import say

if TYPE_CHECKING:
    from validator.gate.baseline import Baseline

Report = Mapping[str, Any]


def gate_options(lang: str) -> list[click.Parameter]:
    """The two options."""
    file = say(lang, "metavar.file")
    return [
        option(lang, "--baseline", metavar=file, help_key="option.baseline"),
        option(lang, "--waivers", metavar=file, help_key="option.waivers"),
    ]


@dataclass(frozen=True, slots=True)
class Gating:
    """What was brought along; without either file a run is as if there were no gate."""

    baseline: Baseline | None
    waivers: tuple[Report, ...] | None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Gating:
        """Reads the files named. Raises UsageError when one is malformed."""
        baseline, waivers = given.get("baseline"), given.get("waivers")
        if not baseline and not waivers:
            return cls(None, None)
        from validator.gate.baseline import read_baseline
        from validator.gate.waivers import read_waivers

        return cls(
            read_baseline(Path(baseline)) if baseline else None, read_waivers(Path(waivers)) if waivers else None
        )

    def applied(self, report: Report) -> Report:
        """The report with its waivers, sealed anew; a baseline is never part of it."""
        if self.waivers is None:
            return report
        from validator.gate.waivers import waived

        return waived(report, self.waivers)

    def shown(self, report: Report) -> Report:
        """The report with known and new findings marked, for every format but report.json."""
        if self.baseline is None:
            return report
        from validator.gate.baseline import marked

        return marked(report, self.baseline)

    def exit_code(self, lang: str, report: Report, otherwise: int) -> int:
        """The gate's exit code, its words on stderr; `otherwise` where no file was brought along."""
        if self.baseline is None and self.waivers is None:
            return otherwise
        from validator.gate.decision import Accepted, decide
        from validator.gate.words import lines

        decision = decide(report, (), Accepted(self.baseline, self.waivers or ()), report["as_of"])
        for line in lines(decision, lang):
            click.echo(line, err=True)
        return decision.exit_code
