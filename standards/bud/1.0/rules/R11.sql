-- 5.11 The centre's cumulative revenue is that of the newest snapshot available when it was shown.
WITH shown AS (
    SELECT *, shown_at - $refresh_minutes * INTERVAL 1 MINUTE AS settled_at
    FROM bud.ioc_value WHERE indicator_code = $revenue_indicator
), newest AS (
    SELECT i.*, s.totals_revenue_ytd AS expected
    FROM shown i ASOF LEFT JOIN bud.snapshot s ON s.area_code = i.area_code AND s.available_at <= i.shown_at
), settled AS (
    SELECT i._at, s.totals_revenue_ytd AS value
    FROM shown i ASOF LEFT JOIN bud.snapshot s ON s.area_code = i.area_code AND s.available_at <= i.settled_at
)
SELECT n._at, '/value' AS _pointer, CASE WHEN n.expected IS NULL THEN 'no_snapshot' ELSE 'default' END AS _message,
       n.area_code, n.shown_at, n.expected, n.value AS found
FROM newest n JOIN settled s ON s._at = n._at
WHERE n.value IS DISTINCT FROM n.expected AND n.value IS DISTINCT FROM s.value
ORDER BY _at, _pointer, _message, found, expected, area_code
