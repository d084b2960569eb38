"""`lienthong standards list|show|lint|test|docs|openapi`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from validator.cli.clicks import Command, LazyGroup, command, lang_option, option
from validator.cli.words import say
from validator.model.standard import Requirement, Standard

SUBCOMMANDS = {name: f"validator.cli.standards:{name}_" for name in ("list", "show", "lint", "test", "docs")} | {
    "openapi": "validator.cli.openapi:openapi_"
}


def standards(lang: str) -> LazyGroup:
    return LazyGroup(
        lang, SUBCOMMANDS, "standards.", name="standards", help=say(lang, "standards.help"), params=[lang_option(lang)]
    )


def _chosen(names: Sequence[str]) -> list[Standard]:
    from validator.catalogue.load import find_standard
    from validator.catalogue.load import standards as catalogue

    return [find_standard(name) for name in names] if names else list(catalogue().values())


def _names(lang: str, required: bool = False) -> click.Argument:
    return click.Argument(["names"], nargs=-1, required=required, metavar=say(lang, "metavar.standards"))


def list_(lang: str) -> Command:
    def run(format_: str) -> None:
        from validator.cases import cases_of

        rows: list[dict[str, Any]] = [
            {
                "id": s.id, "version": s.version, "title": s.title.as_dict(), "status": "proposed profile",
                "requirements": len(s.requirements), "cases": sum(1 for _ in cases_of(s)), "sha256": s.sha256,
            }
            for s in _chosen(())
        ]  # fmt: skip
        if format_ == "json":
            click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        for row in rows:
            counts = say(lang, "standards.counts", requirements=row["requirements"], cases=row["cases"])
            click.echo(f"{row['id']}@{row['version']}  {row['title'][lang]}  ({counts})")

    choice = click.Choice(["text", "json"])
    shape = option(lang, "--format", "format_", type=choice, default="text", help_key="option.list_format")
    return command(lang, "standards.list", run, shape, lang_option(lang))


def show_(lang: str) -> Command:
    def run(names: tuple[str, ...]) -> None:
        for standard in _chosen(names):
            click.echo(f"{standard.coordinate}  {standard.title.in_language(lang)}\n{standard.scope.in_language(lang)}")
            for requirement in standard.requirements:
                click.echo(_shown(lang, requirement))

    return command(lang, "standards.show", run, _names(lang, required=True), lang_option(lang))


def _shown(lang: str, requirement: Requirement) -> str:
    kinds = ", ".join(dict.fromkeys(check.kind for check in requirement.checks)) or say(lang, "standards.not_tested")
    head = f"\n{requirement.id}  §{requirement.clause}  {requirement.level}  {requirement.conformance_class}  [{kinds}]"
    return f"{head}\n  {requirement.statement.in_language(lang)}"


def lint_(lang: str) -> Command:
    def run(names: tuple[str, ...]) -> int:
        from validator.lint import lint

        problems = [(s, problem) for s in _chosen(names) for problem in lint(s)]
        for standard, problem in problems:
            click.echo(f"{standard.coordinate}: {problem}")
        click.echo(say(lang, "standards.lint_total", count=len(problems)))
        return 1 if problems else 0

    return command(lang, "standards.lint", run, _names(lang), lang_option(lang))


def test_(lang: str) -> Command:
    def run(names: tuple[str, ...], match: str) -> int:
        from validator.cases import cases_of, examples_of, run_case, run_example

        passed = failed = 0
        for standard in _chosen(names):
            trials: list[tuple[str, Any]] = [
                (f"{standard.id}/examples/{path.name}", lambda s=standard, p=path: run_example(s, p))
                for path in examples_of(standard)
            ]
            trials += [(case.name, lambda c=case: run_case(c).problems) for case in cases_of(standard)]
            for name, trial in trials:
                if match not in name:
                    continue
                problems = trial()
                passed, failed = passed + (not problems), failed + bool(problems)
                for problem in problems:
                    click.echo(f"{name}: {problem}")
        click.echo(say(lang, "standards.test_total", passed=passed, failed=failed))
        return 1 if failed else 0

    only = option(lang, "--match", default="", help_key="option.match")
    return command(lang, "standards.test", run, _names(lang), only, lang_option(lang))


def docs_(lang: str) -> Command:
    def run(names: tuple[str, ...], out: str | None) -> None:
        from pathlib import Path

        from validator.catalogue.docs import page

        for standard in _chosen(names):
            text = page(standard, lang)
            if out is None:
                click.echo(text)
                continue
            target = Path(out) / f"{standard.id.lower()}-{standard.version}.{lang}.md"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            click.echo(say(lang, "validate.written", path=target), err=True)

    folder = option(lang, "--out", metavar=say(lang, "metavar.folder"), help_key="option.docs_out")
    return command(lang, "standards.docs", run, _names(lang), folder, lang_option(lang))
