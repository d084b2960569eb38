-- 5.3 Figures reach the previous working day; repeating old ones under a new date is not freshness.
WITH dates AS (
    SELECT min(least(snapshot_date, data_through)) AS first, max(snapshot_date) AS last FROM bud.snapshot
), days AS (
    SELECT CAST(moment AS DATE) AS day
    FROM (SELECT unnest(generate_series(first, last, INTERVAL 1 DAY)) AS moment FROM dates)
), working AS (
    SELECT d.day FROM days d LEFT JOIN sub.holiday h ON h.date = d.day
    GROUP BY d.day HAVING coalesce(bool_and(h.working), dayofweek(d.day) NOT IN (0, 6))
), newest AS (
    SELECT * FROM bud.snapshot
    QUALIFY row_number() OVER (PARTITION BY area_code, snapshot_date ORDER BY _at DESC) = 1
), judged AS (
    SELECT s._at, s.area_code, s.snapshot_date, s.data_through, s.carried_forward,
           lag(s.data_through) OVER (PARTITION BY s.area_code ORDER BY s.snapshot_date) AS before,
           min(s.snapshot_date) OVER (PARTITION BY s.area_code) AS first_day,
           max(s.snapshot_date) OVER (PARTITION BY s.area_code) AS last_day,
           (SELECT max(w.day) FROM working w WHERE w.day < s.snapshot_date) AS due,
           1 + (SELECT count(*) FROM working w WHERE w.day > s.data_through AND w.day < s.snapshot_date) AS lag_days
    FROM newest s
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY area_code ORDER BY lag_days, snapshot_date) AS place,
           count(*) OVER (PARTITION BY area_code) AS n
    FROM judged WHERE snapshot_date > last_day - CAST($window_days AS INTEGER)
)
SELECT _at, '/data_through' AS _pointer, 'not_over' AS _message, area_code, snapshot_date, lag_days,
       '≤ ' || (snapshot_date - 1) AS expected, CAST(data_through AS VARCHAR) AS found
FROM judged WHERE data_through >= snapshot_date
UNION ALL
SELECT _at, '/data_through', 'repeated', area_code, snapshot_date, lag_days, '> ' || before,
       CAST(data_through AS VARCHAR)
FROM judged WHERE NOT carried_forward AND data_through <= before
UNION ALL
SELECT _at, '/data_through', 'default', area_code, snapshot_date, lag_days, '≥ ' || due,
       CAST(data_through AS VARCHAR)
FROM judged WHERE lag_days > $lag_max_days
UNION ALL
SELECT _at, '/data_through', 'p95', area_code, snapshot_date, lag_days, '≤ ' || $lag_p95_days,
       CAST(lag_days AS VARCHAR)
FROM ranked
WHERE place = CAST(ceil(0.95 * n) AS BIGINT) AND lag_days > $lag_p95_days
  AND first_day <= last_day - CAST($window_days AS INTEGER) + 1
ORDER BY _at, _message, _pointer, found, expected, area_code
