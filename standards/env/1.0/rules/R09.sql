-- 5.9: a day AQI of $notice_aqi_min or more has an alert or notice for its area, from the start of that day
-- up to $notice_minutes minutes after the value is available (after the end of the day if it does not say).
WITH severe AS (
    SELECT a._at, a.station_id, a.at, a.aqi, s.commune_code, c.province_code,
        coalesce(a.available_at, date_trunc('day', a.at) + INTERVAL 1 DAY) + $notice_minutes * INTERVAL 1 MINUTE AS deadline
    FROM env.aqi a
    LEFT JOIN env.station s ON s.station_id = a.station_id
    LEFT JOIN codelist.vn_commune c ON c.code = s.commune_code AND CAST(a.at AS DATE) >= c.valid_from
        AND (c.valid_to IS NULL OR CAST(a.at AS DATE) < c.valid_to)
    WHERE a.kind = 'ngay' AND a.aqi >= $notice_aqi_min
), answered AS (  -- the first notice of the area within the day of the value and the day after
    SELECT v._at, min(n.issued_at) AS issued_at
    FROM severe v
    JOIN env.notice n ON n.area_code IN (v.commune_code, v.province_code)
        AND n.issued_at >= date_trunc('day', v.at) AND n.issued_at < v.deadline + INTERVAL 1 DAY
    GROUP BY v._at
)
SELECT v._at, '/aqi' AS _pointer, CASE WHEN a._at IS NULL THEN 'default' ELSE 'late' END AS _message,
    '≤ ' || CAST(v.deadline AS VARCHAR) AS expected, coalesce(CAST(a.issued_at AS VARCHAR), '-') AS found,
    v.station_id, v.at, v.aqi
FROM severe v LEFT JOIN answered a ON a._at = v._at
WHERE a._at IS NULL OR a.issued_at > v.deadline
ORDER BY v._at, _pointer, _message, found, expected
