"""A standard as a page of Markdown, generated from its data so that text and tests cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterator

from validator.messages import catalogue
from validator.model.standard import Requirement, Standard


def page(standard: Standard, lang: str) -> str:
    """The whole page in one language."""
    return "\n".join(_lines(standard, lang)) + "\n"


def _lines(standard: Standard, lang: str) -> Iterator[str]:
    words = catalogue("docs", lang)
    yield f"# {standard.id} {standard.version} – {standard.title.in_language(lang)}\n"
    yield f"> {catalogue('statements', lang)['disclaimer.1_profiles']}\n"
    yield standard.scope.in_language(lang) + "\n"
    yield f"{words['checked_on']}: {standard.legal_basis_checked_on}. {words['depends_on']}: "
    yield (", ".join(standard.depends_on) or "–") + "\n"
    yield f"## {words['builds_on']}\n"
    yield from (f"- {r.name} [{r.certainty}, {r.checked_on}]" for r in standard.builds_on)
    yield f"\n## {words['parameters']}\n"
    yield f"| {words['name']} | {words['value']} | {words['unit']} | {words['basis']} | {words['source']} |"
    yield "|---|---|---|---|---|"
    for p in standard.parameters.values():
        yield f"| `{p.name}` | {p.value} | {p.unit} | {p.basis} | {p.source.in_language(lang)} |"
    yield f"\n## {words['datasets']}\n"
    for dataset in standard.datasets.values():
        yield f"### {dataset.id}: {dataset.title.in_language(lang)} ({', '.join(dataset.formats)})\n"
        yield f"| {words['column']} | {words['type']} | {words['role']} |"
        yield "|---|---|---|"
        yield from (f"| `{'.'.join(c.path)}` | {c.sql_type} | {c.role or ''} |" for c in dataset.columns)
        yield ""
    yield f"## {words['requirements']}\n"
    for requirement in standard.requirements:
        yield from _requirement(requirement, lang)


def _requirement(requirement: Requirement, lang: str) -> Iterator[str]:
    words = catalogue("docs", lang)
    yield f"### {requirement.id} (§{requirement.clause}) {requirement.title.in_language(lang)}\n"
    tested = ", ".join(dict.fromkeys(check.kind for check in requirement.checks))
    if requirement.not_tested:
        tested = f"{words['not_tested']}: {requirement.not_tested.in_language(lang)}"
    basis = f"{words['basis']} {requirement.basis}"
    yield f"**{requirement.level}** · {requirement.conformance_class} · {basis} · {tested}\n"
    yield requirement.statement.in_language(lang) + "\n"
    if requirement.fix:
        yield f"*{words['fix']}:* {requirement.fix.in_language(lang)}\n"
