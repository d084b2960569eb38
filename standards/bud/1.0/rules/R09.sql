-- 5.9 Negative amounts only in adjustment and refund lines; no slip of unit by 10^3, 10^6 or 10^9.
WITH amounts AS (
    SELECT _at, area_code, snapshot_date, '/' || member AS _pointer, amount
    FROM bud.line UNPIVOT (amount FOR member IN (amount_day, amount_mtd, amount_ytd, estimate_year))
    WHERE kind = 'regular'
    UNION ALL
    SELECT _at, area_code, snapshot_date,
           replace(replace('/' || member, '/fund_balance_', '/fund_balance/'), '/totals_', '/totals/'), amount
    FROM bud.snapshot UNPIVOT (amount FOR member IN (fund_balance_opening, fund_balance_receipts,
        fund_balance_payments, fund_balance_closing, totals_revenue_estimate_year, totals_expenditure_estimate_year))
), newest AS (
    SELECT * FROM bud.snapshot
    QUALIFY row_number() OVER (PARTITION BY area_code, snapshot_date ORDER BY _at DESC) = 1
), totals AS (
    SELECT _at, area_code, snapshot_date, member, amount,
           CASE WHEN member LIKE '%_day' THEN 0 ELSE fiscal_year END AS span
    FROM newest UNPIVOT (amount FOR member IN (totals_revenue_day, totals_expenditure_day, totals_revenue_ytd,
        totals_expenditure_ytd, totals_revenue_estimate_year, totals_expenditure_estimate_year))
    WHERE NOT carried_forward AND amount <> 0
), compared AS (
    SELECT *, median(abs(amount)) OVER before AS usual, count(*) OVER before AS history
    FROM totals
    WINDOW before AS (PARTITION BY area_code, member, span ORDER BY snapshot_date
                      RANGE BETWEEN to_days(CAST($slip_days AS INTEGER)) PRECEDING AND INTERVAL 1 DAY PRECEDING)
), slips AS (
    SELECT *, CAST(round(log10(abs(amount) / usual) / 3) AS INTEGER) AS thousands
    FROM compared WHERE history >= $slip_history
)
SELECT _at, _pointer, 'default' AS _message,
       area_code, snapshot_date, '≥ 0' AS expected, CAST(amount AS VARCHAR) AS found, '' AS factor
FROM amounts WHERE amount < 0
UNION ALL
SELECT _at, '/' || replace(member, 'totals_', 'totals/'), 'unit_slip', area_code, snapshot_date,
       '≈ ' || CAST(CAST(usual AS BIGINT) AS VARCHAR), CAST(amount AS VARCHAR), '10^' || (3 * thousands)
FROM slips
WHERE abs(thousands) IN (1, 2, 3)
  AND abs(log10(abs(amount) / usual) - 3 * thousands) <= log10($slip_band)
ORDER BY _at, _pointer, _message, found, expected, area_code
