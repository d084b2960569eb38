"""Kind `codelist`: values must stand in the edition that was in force on the record's own date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from validator.checks.ask import Answer, Ask
from validator.model.standard import Dataset

_JUDGE = """
WITH used AS (
    {values}
), unlisted AS (  -- values and days are few, however many the records
    SELECT u.value, u.on_date
    FROM (SELECT DISTINCT value, on_date FROM used) u
    LEFT JOIN codelist."{table}" c ON c."{column}" = u.value
        AND (u.on_date IS NULL OR (c.valid_from <= u.on_date AND (c.valid_to IS NULL OR c.valid_to > u.on_date)))
    WHERE c."{column}" IS NULL
)
SELECT v._at, v._pointer, '{message}' AS _message, v.value AS found, v.value, '{list}' AS list,
    CAST(v.on_date AS VARCHAR) AS on_date
FROM used v JOIN unlisted u ON u.value = v.value AND u.on_date IS NOT DISTINCT FROM v.on_date
ORDER BY v._at, v._pointer, v.value
"""


def check(ask: Ask) -> Iterator[Answer]:
    """One violation per value that is not in the list.

    The text is the entry's message `codelist`, else its `default`, else `codelist.unknown`.
    """
    own = next((name for name in ("codelist", "default") if name in ask.requirement.messages), "codelist.unknown")
    listed = ask.setting("list")
    parts = [f'SELECT _at, _pointer, value, on_date FROM role."{role}"' for role in ask.setting("roles", ())]
    parts += [_column(ask.datasets, ask.standard.code, name) for name in ask.setting("columns", ())]
    sql = _JUDGE.format(
        list=listed,
        message=own,
        values="\n    UNION ALL ".join(parts),
        table=listed.replace("-", "_"),
        column=ask.setting("value", "code"),
    )
    yield from ask.violations(sql)


def _column(datasets: Mapping[str, Dataset], code: str, name: str) -> str:
    dataset_name, column_name = name.split(".", 1)
    dataset = datasets[dataset_name]
    column = next(c for c in dataset.columns if c.name == column_name)
    on_date = f'CAST("{dataset.subject_time}" AS DATE)' if dataset.subject_time else "NULL::DATE"
    pointer = "/" + "/".join(column.path)
    table = f'"{code}"."{dataset_name}_all"'
    if column.sql_type.endswith("[]"):
        return (
            f"SELECT _at, '{pointer}/' || i AS _pointer, value, on_date FROM (SELECT _at, {on_date} AS on_date, "
            f'generate_subscripts("{column_name}", 1) - 1 AS i, unnest("{column_name}") AS value '
            f'FROM {table} WHERE NOT _alt AND array_length("{column_name}") > 0)'
        )
    return (
        f"SELECT _at, '{pointer}' AS _pointer, CAST(\"{column_name}\" AS VARCHAR) AS value, {on_date} AS on_date "
        f'FROM {table} WHERE NOT _alt AND "{column_name}" IS NOT NULL'
    )
