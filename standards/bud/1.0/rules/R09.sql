-- 5.9 Negative amounts only in adjustment and refund lines; no slip of unit by 10^3, 10^6 or 10^9.
WITH amounts AS (
    UNPIVOT (SELECT _at, snapshot_date, area_code, COLUMNS('^(amount_(day|mtd|ytd)|estimate_year)$')
             FROM bud.line WHERE kind = 'regular')
    ON COLUMNS('^(amount_|estimate_)') INTO NAME member VALUE amount
    UNION ALL
    UNPIVOT (SELECT _at, snapshot_date, area_code, COLUMNS('^(fund_balance_|totals_.*_estimate_year)')
             FROM bud.snapshot)
    ON COLUMNS('^(fund_balance_|totals_)') INTO NAME member VALUE amount
), newest AS (
    SELECT * FROM bud.snapshot
    QUALIFY row_number() OVER (PARTITION BY area_code, snapshot_date ORDER BY _at DESC) = 1
), totals AS (
    UNPIVOT (SELECT _at, area_code, snapshot_date, fiscal_year, carried_forward,
                    COLUMNS('^totals_.*_(day|ytd|estimate_year)$') FROM newest)
    ON COLUMNS('^totals_') INTO NAME member VALUE amount
), compared AS (
    SELECT t._at, t.area_code, t.snapshot_date, t.member, t.amount, median(abs(h.amount)) AS usual
    FROM totals t JOIN totals h
      ON h.area_code = t.area_code AND h.member = t.member AND NOT h.carried_forward AND h.amount <> 0
     AND h.snapshot_date < t.snapshot_date AND h.snapshot_date >= t.snapshot_date - CAST($slip_days AS INTEGER)
     AND (h.fiscal_year = t.fiscal_year OR t.member LIKE '%_day')
    WHERE NOT t.carried_forward AND t.amount <> 0
    GROUP BY t._at, t.area_code, t.snapshot_date, t.member, t.amount
    HAVING count(*) >= $slip_history
), slips AS (
    SELECT *, CAST(round(log10(abs(amount) / usual) / 3) AS INTEGER) AS thousands FROM compared
)
SELECT _at, '/' || regexp_replace(member, '^(fund_balance|totals)_', '\1/') AS _pointer, 'default' AS _message,
       area_code, snapshot_date, '≥ 0' AS expected, CAST(amount AS VARCHAR) AS found, '' AS factor
FROM amounts WHERE amount < 0
UNION ALL
SELECT _at, replace(member, 'totals_', '/totals/'), 'unit_slip', area_code, snapshot_date,
       '≈ ' || CAST(CAST(usual AS BIGINT) AS VARCHAR), CAST(amount AS VARCHAR), '10^' || (3 * thousands)
FROM slips
WHERE abs(thousands) IN (1, 2, 3)
  AND abs(log10(abs(amount) / usual) - 3 * thousands) <= log10($slip_band)
ORDER BY 1, 2
