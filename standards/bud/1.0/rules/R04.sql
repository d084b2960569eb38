-- 5.4 Lines of a snapshot add up to its totals, per side and per budget level, to the dong.
WITH stated AS (
    UNPIVOT
        (SELECT _at, area_code, snapshot_date, coalesce(COLUMNS('^(totals|levels)_.*_(day|mtd|ytd)$'), 0) FROM bud.snapshot)
    ON COLUMNS('^(totals|levels)_') INTO NAME member VALUE amount
), figures AS (
    SELECT _at, area_code, snapshot_date, amount,
           CASE WHEN member LIKE 'totals%' THEN '' ELSE split_part(member, '_', 2) END AS level,
           CASE WHEN member LIKE '%revenue%' THEN 'thu' ELSE 'chi' END AS side,
           regexp_extract(member, '(day|mtd|ytd)$') AS measure,
           regexp_extract(member, '(revenue|expenditure)_(day|mtd|ytd)$') AS name
    FROM stated
), lines AS (
    UNPIVOT (SELECT _at, area_code, snapshot_date, side, budget_level, amount_day AS day, amount_mtd AS mtd,
                    amount_ytd AS ytd FROM bud.line)
    ON day, mtd, ytd INTO NAME measure VALUE amount
), sums AS (
    SELECT area_code, snapshot_date, side, coalesce(budget_level, '') AS level, measure, sum(amount) AS amount
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
SELECT p._at, NULL, 'no_lines', p.area_code, p.snapshot_date, '', '', '', NULL, NULL
FROM bud.snapshot p ANTI JOIN days d USING (area_code, snapshot_date)
UNION ALL
SELECT min(l._at), '/snapshot_date', 'no_snapshot', l.area_code, l.snapshot_date, '', '', '', NULL, NULL
FROM bud.line l ANTI JOIN bud.snapshot p USING (area_code, snapshot_date)
GROUP BY l.area_code, l.snapshot_date
ORDER BY 1, 2
