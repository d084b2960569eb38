-- 5.4 Lines of a snapshot add up to its totals, per side and per budget level, to the dong.
WITH stated AS (
    SELECT _at, area_code, snapshot_date, member, coalesce(amount, 0) AS amount
    FROM bud.snapshot UNPIVOT INCLUDE NULLS (amount FOR member IN (
        totals_revenue_day, totals_revenue_mtd, totals_revenue_ytd, totals_expenditure_day,
        totals_expenditure_mtd, totals_expenditure_ytd, levels_TW_revenue_day, levels_TW_revenue_mtd,
        levels_TW_revenue_ytd, levels_TW_expenditure_day, levels_TW_expenditure_mtd, levels_TW_expenditure_ytd,
        levels_TINH_revenue_day, levels_TINH_revenue_mtd, levels_TINH_revenue_ytd, levels_TINH_expenditure_day,
        levels_TINH_expenditure_mtd, levels_TINH_expenditure_ytd, levels_HUYEN_revenue_day,
        levels_HUYEN_revenue_mtd, levels_HUYEN_revenue_ytd, levels_HUYEN_expenditure_day,
        levels_HUYEN_expenditure_mtd, levels_HUYEN_expenditure_ytd, levels_XA_revenue_day,
        levels_XA_revenue_mtd, levels_XA_revenue_ytd, levels_XA_expenditure_day, levels_XA_expenditure_mtd,
        levels_XA_expenditure_ytd))
), figures AS (
    SELECT _at, area_code, snapshot_date, amount,
           CASE WHEN member LIKE 'totals%' THEN '' ELSE split_part(member, '_', 2) END AS level,
           CASE WHEN member LIKE '%revenue%' THEN 'thu' ELSE 'chi' END AS side,
           regexp_extract(member, '(day|mtd|ytd)$', 1) AS measure,
           regexp_extract(member, '((revenue|expenditure)_(day|mtd|ytd))$', 1) AS name
    FROM stated
), lines AS (
    SELECT area_code, snapshot_date, side, budget_level, replace(member, 'amount_', '') AS measure, amount
    FROM bud.line UNPIVOT (amount FOR member IN (amount_day, amount_mtd, amount_ytd))
), sums AS (
    SELECT area_code, snapshot_date, side, coalesce(budget_level, '') AS level, measure, sum(CAST(amount AS HUGEINT)) AS amount
    FROM lines GROUP BY GROUPING SETS ((area_code, snapshot_date, side, budget_level, measure),
                                       (area_code, snapshot_date, side, measure))
), days AS (SELECT DISTINCT area_code, snapshot_date FROM bud.line)
SELECT f._at, CASE WHEN f.level = '' THEN '/totals/' ELSE '/levels/' || f.level || '/' END || f.name AS _pointer,
       CASE WHEN f.level = '' THEN 'default' ELSE 'level' END AS _message, f.area_code, f.snapshot_date, f.side,
       f.level, f.measure, coalesce(s.amount, 0) AS expected, f.amount AS found
FROM figures f JOIN days d USING (area_code, snapshot_date)
LEFT JOIN sums s ON s.area_code = f.area_code AND s.snapshot_date = f.snapshot_date AND s.side = f.side
               AND s.level = f.level AND s.measure = f.measure
WHERE f.amount <> coalesce(s.amount, 0)
UNION ALL
SELECT f._at, NULL, 'no_lines', f.area_code, f.snapshot_date, '', '', '', NULL, NULL
FROM figures f ANTI JOIN days d USING (area_code, snapshot_date)
WHERE f.amount <> 0 GROUP BY f._at, f.area_code, f.snapshot_date
UNION ALL
SELECT min(l._at), '/snapshot_date', 'no_snapshot', l.area_code, l.snapshot_date, '', '', '', NULL, NULL
FROM bud.line l ANTI JOIN bud.snapshot p USING (area_code, snapshot_date)
GROUP BY l.area_code, l.snapshot_date
ORDER BY _at, _pointer, _message, found, expected, level, measure, side, area_code
