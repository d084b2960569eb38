-- 5.11 The centre's cumulative revenue is that of the newest snapshot available when it was shown.
WITH shown AS (
    SELECT *, shown_at - $refresh_minutes * INTERVAL 1 MINUTE AS settled_at
    FROM bud.ioc_value WHERE indicator_code = $revenue_indicator
), event AS (  -- snapshots come available, values are shown: each shown value follows the snapshot before it
    SELECT area_code, available_at AS moment, 0 AS kind, _at, totals_revenue_ytd AS value
    FROM bud.snapshot WHERE available_at IS NOT NULL
    UNION ALL
    SELECT area_code, shown_at, 1, _at, NULL FROM shown
    UNION ALL
    SELECT area_code, settled_at, 2, _at, NULL FROM shown
), followed AS (
    SELECT kind, _at, last_value(value IGNORE NULLS) OVER (PARTITION BY area_code ORDER BY moment, kind, _at
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS value
    FROM event
), newest AS (
    SELECT i.*, f.value AS expected FROM shown i JOIN followed f ON f._at = i._at AND f.kind = 1
), settled AS (
    SELECT _at, value FROM followed WHERE kind = 2
)
SELECT n._at, '/value' AS _pointer, CASE WHEN n.expected IS NULL THEN 'no_snapshot' ELSE 'default' END AS _message,
       n.area_code, n.shown_at, n.expected, n.value AS found
FROM newest n JOIN settled s ON s._at = n._at
WHERE n.value IS DISTINCT FROM n.expected AND n.value IS DISTINCT FROM s.value
ORDER BY _at, _pointer, _message, found, expected, area_code
