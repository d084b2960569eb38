-- 5.5 ytd(D) = ytd(previous accounting day) + day(D) + declared adjustments; a new fiscal year restarts.
WITH newest AS (
    SELECT *, snapshot_date - CAST(row_number() OVER (PARTITION BY area_code ORDER BY snapshot_date) AS INTEGER) AS run
    FROM (SELECT * FROM bud.snapshot
          QUALIFY row_number() OVER (PARTITION BY area_code, snapshot_date ORDER BY _at DESC) = 1)
), moved AS (
    SELECT *, lag(data_through) OVER (PARTITION BY area_code, run ORDER BY snapshot_date) AS reached FROM newest
), accounted AS (
    SELECT _at, area_code, snapshot_date, fiscal_year, data_through,
           lag(snapshot_date) OVER w AS day_before, lag(fiscal_year) OVER w AS year_before
    FROM moved WHERE reached IS NULL OR (data_through > reached AND NOT carried_forward)
    WINDOW w AS (PARTITION BY area_code, run ORDER BY snapshot_date)
), stated AS (
    SELECT area_code, snapshot_date, member, coalesce(amount, 0) AS amount
    FROM newest UNPIVOT INCLUDE NULLS (amount FOR member IN (
        totals_revenue_day, totals_revenue_ytd, totals_expenditure_day, totals_expenditure_ytd,
        levels_TW_revenue_day, levels_TW_revenue_ytd, levels_TW_expenditure_day, levels_TW_expenditure_ytd,
        levels_TINH_revenue_day, levels_TINH_revenue_ytd, levels_TINH_expenditure_day,
        levels_TINH_expenditure_ytd, levels_HUYEN_revenue_day, levels_HUYEN_revenue_ytd,
        levels_HUYEN_expenditure_day, levels_HUYEN_expenditure_ytd, levels_XA_revenue_day,
        levels_XA_revenue_ytd, levels_XA_expenditure_day, levels_XA_expenditure_ytd))
), figures AS (
    SELECT area_code, snapshot_date,
           CASE WHEN member LIKE 'totals%' THEN '' ELSE split_part(member, '_', 2) END AS level,
           CASE WHEN member LIKE '%revenue%' THEN 'thu' ELSE 'chi' END AS side,
           max(CASE WHEN member LIKE '%_day' THEN amount END) AS day,
           max(CASE WHEN member LIKE '%_ytd' THEN amount END) AS ytd
    FROM stated GROUP BY ALL
), adjusted AS (
    SELECT area_code, snapshot_date, side, coalesce(budget_level, '') AS level, sum(CAST(amount_adjustment AS HUGEINT)) AS amount
    FROM bud.line WHERE kind = 'adjustment'
    GROUP BY GROUPING SETS ((area_code, snapshot_date, side, budget_level), (area_code, snapshot_date, side))
), totals AS (
    SELECT a._at, a.area_code, a.snapshot_date, a.fiscal_year, a.year_before, f.level, f.side, f.ytd AS found,
           CASE WHEN a.fiscal_year = a.year_before THEN p.ytd ELSE 0 END + f.day + coalesce(j.amount, 0) AS expected
    FROM accounted a
    JOIN figures f ON f.area_code = a.area_code AND f.snapshot_date = a.snapshot_date
    JOIN figures p ON p.area_code = a.area_code AND p.snapshot_date = a.day_before
                  AND p.level = f.level AND p.side = f.side
    LEFT JOIN adjusted j ON j.area_code = a.area_code AND j.snapshot_date = a.snapshot_date
                        AND j.level = f.level AND j.side = f.side
), lines AS (
    SELECT area_code, snapshot_date, side, budget_level,
           concat_ws('|', coalesce(chuong, '-'), coalesce(loai, '-'), coalesce(khoan, '-'), coalesce(muc, '-'),
                     coalesce(tieu_muc, '-'), coalesce(economic_area, '-'), coalesce(revenue_item, '-'),
                     coalesce(field, '-'), coalesce(territory_code, '-'), coalesce(org_code, '-')) AS classification,
           min(_at) AS _at, sum(CAST(amount_ytd AS HUGEINT)) AS ytd, sum(CAST(amount_day AS HUGEINT)) AS day,
           sum(CAST(CASE WHEN kind = 'adjustment' THEN coalesce(amount_adjustment, 0) ELSE 0 END AS HUGEINT)) AS adjusted
    FROM bud.line GROUP BY ALL
), paired AS (
    SELECT a.* FROM accounted a
    SEMI JOIN lines c ON c.area_code = a.area_code AND c.snapshot_date = a.snapshot_date
    SEMI JOIN lines p ON p.area_code = a.area_code AND p.snapshot_date = a.day_before
), kept AS (
    SELECT a.*, l.side, l.budget_level, l.classification
    FROM paired a JOIN lines l ON l.area_code = a.area_code AND l.snapshot_date = a.snapshot_date
    UNION
    SELECT a.*, l.side, l.budget_level, l.classification
    FROM paired a JOIN lines l ON l.area_code = a.area_code AND l.snapshot_date = a.day_before
    WHERE a.fiscal_year = a.year_before
), compared AS (
    SELECT coalesce(c._at, k._at) AS _at, k.area_code, k.snapshot_date, k.side, k.budget_level, k.classification,
           coalesce(c.ytd, 0) AS found, c._at IS NULL AS lost,
           CASE WHEN k.fiscal_year = k.year_before THEN coalesce(p.ytd, 0) ELSE 0 END
           + coalesce(c.day, 0) + coalesce(c.adjusted, 0) AS expected
    FROM kept k
    LEFT JOIN lines c ON c.area_code = k.area_code AND c.snapshot_date = k.snapshot_date AND c.side = k.side
                     AND c.budget_level = k.budget_level AND c.classification = k.classification
    LEFT JOIN lines p ON p.area_code = k.area_code AND p.snapshot_date = k.day_before AND p.side = k.side
                     AND p.budget_level = k.budget_level AND p.classification = k.classification
)
SELECT _at, CASE WHEN level = '' THEN '/totals/' ELSE '/levels/' || level || '/' END
            || CASE side WHEN 'thu' THEN 'revenue_ytd' ELSE 'expenditure_ytd' END AS _pointer,
       CASE WHEN fiscal_year <> year_before THEN 'restart' WHEN level = '' THEN 'default' ELSE 'level' END AS _message,
       area_code, snapshot_date, side, level, '' AS classification, CAST(expected AS VARCHAR) AS expected,
       CAST(found AS VARCHAR) AS found
FROM totals WHERE found <> expected
UNION ALL
SELECT _at, CASE WHEN lost THEN NULL ELSE '/amount_ytd' END, CASE WHEN lost THEN 'lost' ELSE 'line' END,
       area_code, snapshot_date, side, budget_level, classification, CAST(expected AS VARCHAR), CAST(found AS VARCHAR)
FROM compared WHERE found <> expected
UNION ALL
SELECT _at, '/fiscal_year', 'fiscal_year', area_code, snapshot_date, '', '', '', CAST(year(data_through) AS VARCHAR),
       CAST(fiscal_year AS VARCHAR)
FROM accounted
WHERE fiscal_year NOT IN (year(data_through), year(data_through - CAST($closing_days AS INTEGER)))
   OR fiscal_year < year_before
UNION ALL
SELECT _at, '/reason', 'no_reason', area_code, snapshot_date, side, budget_level, '', NULL, NULL
FROM bud.line WHERE kind = 'adjustment' AND (reason IS NULL OR amount_adjustment IS NULL)
UNION ALL
SELECT _at, '/kind', 'undeclared', area_code, snapshot_date, side, budget_level, '', 'adjustment', NULL
FROM bud.line WHERE kind <> 'adjustment' AND coalesce(amount_adjustment, 0) <> 0
ORDER BY _at, _pointer, _message, found, expected, classification, level, side, area_code
