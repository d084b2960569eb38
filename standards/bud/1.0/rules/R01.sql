-- 5.1 One snapshot per area and calendar day; a carried-forward one repeats the day before it.
WITH present AS (
    SELECT area_code, snapshot_date, min(_at) AS _at, count(*) AS copies
    FROM bud.snapshot_all
    WHERE NOT _alt AND area_code IS NOT NULL AND snapshot_date IS NOT NULL
    GROUP BY area_code, snapshot_date
), gaps AS (
    SELECT *, lag(snapshot_date) OVER (PARTITION BY area_code ORDER BY snapshot_date) AS before FROM present
), copies AS (
    SELECT area_code, snapshot_date, max(_at) AS _at, count(*) AS copies
    FROM bud.snapshot GROUP BY area_code, snapshot_date
), figures AS (
    SELECT _at, area_code, snapshot_date, carried_forward, amount,
           replace(regexp_replace('/' || member, '^/levels_([A-Z]+)_', '/levels/\1/'), '/totals_', '/totals/')
               AS pointer
    FROM bud.snapshot UNPIVOT (amount FOR member IN (
        totals_revenue_day, totals_revenue_mtd, totals_revenue_ytd, totals_expenditure_day,
        totals_expenditure_mtd, totals_expenditure_ytd, totals_revenue_estimate_year,
        totals_expenditure_estimate_year, levels_TW_revenue_day, levels_TW_revenue_mtd, levels_TW_revenue_ytd,
        levels_TW_expenditure_day, levels_TW_expenditure_mtd, levels_TW_expenditure_ytd,
        levels_TINH_revenue_day, levels_TINH_revenue_mtd, levels_TINH_revenue_ytd, levels_TINH_expenditure_day,
        levels_TINH_expenditure_mtd, levels_TINH_expenditure_ytd, levels_HUYEN_revenue_day,
        levels_HUYEN_revenue_mtd, levels_HUYEN_revenue_ytd, levels_HUYEN_expenditure_day,
        levels_HUYEN_expenditure_mtd, levels_HUYEN_expenditure_ytd, levels_XA_revenue_day,
        levels_XA_revenue_mtd, levels_XA_revenue_ytd, levels_XA_expenditure_day, levels_XA_expenditure_mtd,
        levels_XA_expenditure_ytd))
), pairs AS (
    SELECT s._at, s.area_code, s.data_through, s.fiscal_year, p.data_through AS reached, p.fiscal_year AS year_before
    FROM bud.snapshot s JOIN bud.snapshot p ON p.area_code = s.area_code AND p.snapshot_date = s.snapshot_date - 1
    WHERE s.carried_forward
), changed AS (
    SELECT f._at, f.area_code, f.pointer, CAST(p.amount AS VARCHAR) AS expected, CAST(f.amount AS VARCHAR) AS found
    FROM figures f JOIN figures p
      ON p.area_code = f.area_code AND p.snapshot_date = f.snapshot_date - 1 AND p.pointer = f.pointer
    WHERE f.carried_forward AND p.amount <> f.amount
    UNION ALL
    SELECT _at, area_code, '/data_through', CAST(reached AS VARCHAR), CAST(data_through AS VARCHAR)
    FROM pairs WHERE reached <> data_through
    UNION ALL
    SELECT _at, area_code, '/fiscal_year', CAST(year_before AS VARCHAR), CAST(fiscal_year AS VARCHAR)
    FROM pairs WHERE year_before <> fiscal_year
)
SELECT _at, '/snapshot_date' AS _pointer, 'default' AS _message, area_code, CAST(before + 1 AS VARCHAR) AS expected,
       CAST(snapshot_date AS VARCHAR) AS found, date_diff('day', before, snapshot_date) - 1 AS days
FROM gaps WHERE snapshot_date > before + 1
UNION ALL
SELECT _at, '/snapshot_date', 'duplicate', area_code, '1', CAST(copies AS VARCHAR), copies
FROM copies WHERE copies > 1
UNION ALL
SELECT _at, pointer, 'carried_changed', area_code, expected, found, 1 FROM changed
ORDER BY _at, _pointer, _message, found, expected, area_code
