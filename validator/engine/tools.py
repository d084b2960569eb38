"""What a worker makes once for all units of a dataset in one format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from validator.checks.bytes import NULL_WORDS
from validator.checks.personal_patterns import is_telling
from validator.checks.record_checks import RecordChecks, record_checks
from validator.engine.columns import take_for
from validator.model.scope import Scope
from validator.model.standard import Dataset

if TYPE_CHECKING:
    from validator.accept.filter import AcceptFilter
    from validator.checks.second_opinion import SecondOpinion

FILTERED: Final = frozenset({"jsonl", "json", "geojson", "csv"})


@dataclass(frozen=True, slots=True)
class How:
    """How units are scanned: findings kept as samples, the second JSON Schema engine or not, the accept filter
    or not. Only `cap` may change the report."""

    cap: int
    second_opinion: bool = False
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class Tools:
    """What is made once for all units of a dataset in one format."""

    checks: RecordChecks
    second: SecondOpinion | None
    accept: AcceptFilter | None


def make_tools(scope: Scope, dataset: Dataset, media: str, how: How) -> Tools:
    checks = record_checks(scope, dataset, media)
    if how.second_opinion:
        from validator.checks.second_opinion import SecondOpinion  # slow to import, seldom asked for

        return Tools(checks, SecondOpinion(dataset.schema), None)
    sieve = checks.sieve() if how.filtered and media in FILTERED else None
    if sieve is None:
        return Tools(checks, None, None)
    from validator.accept.compile import Watch
    from validator.accept.filter import make_filter  # loads compiled code

    takes = [take_for(column.sql_type) for column in dataset.columns]
    return Tools(
        checks, None, make_filter(dataset.schema, dataset.columns, Watch(NULL_WORDS, is_telling), takes, sieve)
    )
