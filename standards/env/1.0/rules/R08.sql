-- 5.8: time spent calibrating or in fault does not enter an average: such hours are not good, and the minutes
-- that the status log shows are not counted as valid.
WITH spell AS (
    SELECT *, lag(ends) OVER (PARTITION BY station_id, pollutant ORDER BY starts, ends) AS previous_end
    FROM env.device_status
), out_of_use AS (
    SELECT o._at, o.station_id, o.hour, o.valid_minutes, s.pollutant,
        CASE s.pollutant WHEN 'pm25' THEN o.pm25 WHEN 'pm10' THEN o.pm10 WHEN 'o3' THEN o.o3
            WHEN 'no2' THEN o.no2 WHEN 'so2' THEN o.so2 WHEN 'co' THEN o.co END AS value,
        date_diff('second', greatest(s.starts, o.hour), least(s.ends, o.hour + INTERVAL 1 HOUR)) / 60.0 AS minutes
    FROM env.observation o
    JOIN spell s ON s.station_id = o.station_id AND s.status <> 'measuring'
        AND s.starts < o.hour + INTERVAL 1 HOUR AND s.ends > o.hour
    WHERE o.quality_flag = 'good' AND o.device_status = 'measuring'
), lost AS (
    SELECT _at, station_id, hour, pollutant, valid_minutes, value, 60 - CAST(ceil(sum(minutes)) AS BIGINT) AS left_minutes
    FROM out_of_use GROUP BY _at, station_id, hour, pollutant, valid_minutes, value
)
SELECT _at, '/quality_flag' AS _pointer, 'default' AS _message, 'suspect | bad | missing' AS expected,
    quality_flag AS found, device_status AS status, NULL AS pollutant, station_id, hour
FROM env.observation WHERE device_status <> 'measuring' AND quality_flag = 'good'
UNION ALL
SELECT _at, '/valid_minutes', 'minutes', '≤ ' || CAST(greatest(left_minutes, 0) AS VARCHAR),
    CAST(valid_minutes AS VARCHAR), NULL, pollutant, station_id, hour
FROM lost WHERE pollutant = 'all' AND valid_minutes > left_minutes
UNION ALL
SELECT _at, '/' || pollutant, 'value', 'null', CAST(value AS VARCHAR), NULL, pollutant, station_id, hour
FROM lost WHERE value IS NOT NULL AND left_minutes < $valid_minutes_min
UNION ALL
SELECT _at, '/ends', 'reversed', '> ' || CAST(starts AS VARCHAR), CAST(ends AS VARCHAR), status, pollutant,
    station_id, starts
FROM spell WHERE ends <= starts
UNION ALL
SELECT _at, '/starts', 'overlap', '≥ ' || CAST(previous_end AS VARCHAR), CAST(starts AS VARCHAR), status, pollutant,
    station_id, starts
FROM spell WHERE starts < previous_end
ORDER BY _at, _pointer, _message, found, expected, pollutant
