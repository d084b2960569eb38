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
    UNPIVOT (SELECT _at, area_code, snapshot_date, carried_forward, COLUMNS('^(totals|levels)_') FROM bud.snapshot)
    ON COLUMNS('^(totals|levels)_') INTO NAME member VALUE amount
), changed AS (
    SELECT f._at, f.area_code, f.snapshot_date, '/' || regexp_replace(f.member,
               '^(totals|levels)_((TW|TINH|HUYEN|XA)_)?', CASE WHEN f.member LIKE 'totals%' THEN 'totals/' ELSE 'levels/\3/' END)
               AS _pointer, CAST(p.amount AS VARCHAR) AS expected, CAST(f.amount AS VARCHAR) AS found
    FROM figures f JOIN figures p
      ON p.area_code = f.area_code AND p.snapshot_date = f.snapshot_date - 1 AND p.member = f.member
    WHERE f.carried_forward AND p.amount <> f.amount
    UNION ALL
    SELECT s._at, s.area_code, s.snapshot_date, '/data_through', CAST(p.data_through AS VARCHAR),
           CAST(s.data_through AS VARCHAR)
    FROM bud.snapshot s JOIN bud.snapshot p ON p.area_code = s.area_code AND p.snapshot_date = s.snapshot_date - 1
    WHERE s.carried_forward AND p.data_through <> s.data_through
    UNION ALL
    SELECT s._at, s.area_code, s.snapshot_date, '/fiscal_year', CAST(p.fiscal_year AS VARCHAR),
           CAST(s.fiscal_year AS VARCHAR)
    FROM bud.snapshot s JOIN bud.snapshot p ON p.area_code = s.area_code AND p.snapshot_date = s.snapshot_date - 1
    WHERE s.carried_forward AND p.fiscal_year <> s.fiscal_year
)
SELECT _at, '/snapshot_date' AS _pointer, 'default' AS _message, area_code, CAST(before + 1 AS VARCHAR) AS expected,
       CAST(snapshot_date AS VARCHAR) AS found, snapshot_date - before - 1 AS days
FROM gaps WHERE snapshot_date > before + 1
UNION ALL
SELECT _at, '/snapshot_date', 'duplicate', area_code, '1', CAST(copies AS VARCHAR), copies
FROM copies WHERE copies > 1
UNION ALL
SELECT _at, _pointer, 'carried_changed', area_code, expected, found, 1 FROM changed
ORDER BY 1, 2
