-- 5.11 The centre's cumulative revenue is that of the newest snapshot available when it was shown.
WITH shown AS (
    SELECT i._at, i.area_code, i.shown_at, i.value,
           max(s.available_at) FILTER (WHERE s.available_at <= i.shown_at) AS newest,
           max(s.available_at) FILTER (WHERE s.available_at <= i.shown_at - to_minutes(CAST($refresh_minutes AS INTEGER)))
               AS settled
    FROM bud.ioc_value i LEFT JOIN bud.snapshot s ON s.area_code = i.area_code
    WHERE i.indicator_code = $revenue_indicator
    GROUP BY i._at, i.area_code, i.shown_at, i.value
), compared AS (
    SELECT n._at, n.area_code, n.shown_at, n.value, n.newest,
           max(CASE WHEN s.available_at = n.newest THEN s.totals_revenue_ytd END) AS expected,
           coalesce(bool_or(s.totals_revenue_ytd = n.value), false) AS equal
    FROM shown n LEFT JOIN bud.snapshot s
      ON s.area_code = n.area_code AND s.available_at IN (n.newest, n.settled)
    GROUP BY n._at, n.area_code, n.shown_at, n.value, n.newest
)
SELECT _at, '/value' AS _pointer, CASE WHEN newest IS NULL THEN 'no_snapshot' ELSE 'default' END AS _message,
       area_code, shown_at, expected, value AS found
FROM compared WHERE NOT equal
ORDER BY 1
