-- 5.6 closing = opening + receipts - payments + other flows listed; opening is the last closing.
WITH newest AS (
    SELECT *, snapshot_date - CAST(row_number() OVER (PARTITION BY area_code ORDER BY snapshot_date) AS INTEGER) AS run
    FROM (SELECT * FROM bud.snapshot
          QUALIFY row_number() OVER (PARTITION BY area_code, snapshot_date ORDER BY _at DESC) = 1)
), flows AS (
    SELECT area_code, snapshot_date, sum(CAST(amount AS HUGEINT)) AS amount FROM bud.cash_flow GROUP BY area_code, snapshot_date
), chained AS (
    SELECT s._at, s.area_code, s.snapshot_date, s.fund_balance_opening AS opening, s.fund_balance_closing AS closing,
           CAST(s.fund_balance_opening AS HUGEINT) + s.fund_balance_receipts - s.fund_balance_payments
           + coalesce(f.amount, 0) AS computed,
           lag(s.fund_balance_closing) OVER w AS last_closing,
           s.carried_forward OR s.data_through <= lag(s.data_through) OVER w AS standing
    FROM newest s LEFT JOIN flows f ON f.area_code = s.area_code AND f.snapshot_date = s.snapshot_date
    WINDOW w AS (PARTITION BY s.area_code, s.run ORDER BY s.snapshot_date)
)
SELECT _at, '/fund_balance/closing' AS _pointer, 'default' AS _message, area_code, snapshot_date,
       computed AS expected, closing AS found
FROM chained WHERE closing <> computed AND NOT coalesce(standing, false)
UNION ALL
SELECT _at, '/fund_balance/opening', 'opening', area_code, snapshot_date, last_closing, opening
FROM chained WHERE opening <> last_closing AND NOT standing
UNION ALL
SELECT _at, '/fund_balance/closing', 'standing', area_code, snapshot_date, last_closing, closing
FROM chained WHERE closing <> last_closing AND standing
UNION ALL
SELECT min(c._at), '/snapshot_date', 'no_snapshot', c.area_code, c.snapshot_date, NULL, NULL
FROM bud.cash_flow c ANTI JOIN bud.snapshot s USING (area_code, snapshot_date)
GROUP BY c.area_code, c.snapshot_date
ORDER BY _at, _pointer, _message, found, expected, area_code
