-- 5.5: a good hour has at least $valid_minutes_min minutes, a day AQI at least $day_hours_min good hours
-- of each pollutant it states; hours start on the clock hour, days at midnight.
WITH good AS (
    SELECT station_id, date_trunc('day', hour) AS d, pollutant, count(DISTINCT date_trunc('hour', hour)) AS hours
    FROM (SELECT * FROM env.observation WHERE quality_flag = 'good')
        UNPIVOT (c FOR pollutant IN (pm25, pm10, o3, no2, so2, co))
    GROUP BY station_id, d, pollutant
), reach AS (
    SELECT station_id, min(hour) AS first_hour, max(hour) AS last_hour FROM env.observation GROUP BY station_id
), stated AS (
    SELECT _at, station_id, d, pollutant
    FROM (SELECT _at, station_id, date_trunc('day', a.at) AS d, sub_pm25 AS pm25, sub_pm10 AS pm10, sub_o3 AS o3,
            sub_no2 AS no2, sub_so2 AS so2, sub_co AS co FROM env.aqi a WHERE kind = 'ngay')
        UNPIVOT (i FOR pollutant IN (pm25, pm10, o3, no2, so2, co))
), short_day AS (  -- only days that lie wholly inside the submitted hours
    SELECT s._at, s.station_id, s.d, string_agg(s.pollutant, ', ' ORDER BY s.pollutant) AS pollutants,
        min(coalesce(g.hours, 0)) AS hours
    FROM stated s
    JOIN reach r ON r.station_id = s.station_id AND s.d >= r.first_hour
        AND s.d + INTERVAL 23 HOUR <= r.last_hour
    LEFT JOIN good g ON g.station_id = s.station_id AND g.d = s.d AND g.pollutant = s.pollutant
    WHERE coalesce(g.hours, 0) < $day_hours_min
    GROUP BY s._at, s.station_id, s.d
)
SELECT _at, '/valid_minutes' AS _pointer, 'default' AS _message, '≥ ' || CAST($valid_minutes_min AS VARCHAR) AS expected,
    CAST(valid_minutes AS VARCHAR) AS found, station_id, hour AS moment, NULL AS pollutants
FROM env.observation WHERE quality_flag = 'good' AND valid_minutes < $valid_minutes_min
UNION ALL
SELECT _at, '/sub', 'day', '≥ ' || CAST($day_hours_min AS VARCHAR), CAST(hours AS VARCHAR), station_id, d, pollutants
FROM short_day
UNION ALL
SELECT _at, '/hour', 'off_grid', CAST(date_trunc('hour', hour) AS VARCHAR), CAST(hour AS VARCHAR), station_id, hour, NULL
FROM env.observation WHERE hour <> date_trunc('hour', hour)
UNION ALL
SELECT _at, '/at', 'off_grid', CAST(date_trunc(CASE kind WHEN 'ngay' THEN 'day' ELSE 'hour' END, a.at) AS VARCHAR),
    CAST(a.at AS VARCHAR), station_id, a.at, NULL
FROM env.aqi a WHERE a.at <> date_trunc(CASE kind WHEN 'ngay' THEN 'day' ELSE 'hour' END, a.at)
ORDER BY _at, _pointer
