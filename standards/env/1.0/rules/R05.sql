-- 5.5: a good hour has at least $valid_minutes_min minutes, a day AQI at least $day_hours_min good hours
-- of each pollutant it states; hours start on the clock hour, days at midnight.
WITH hours AS (  -- a day's hours as bits, so that an hour counts once however many records it has
    SELECT station_id, date_trunc('day', hour) AS d, 1 << CAST(hour(hour) AS INTEGER) AS h, pm25, pm10, o3, no2, so2, co
    FROM env.observation WHERE quality_flag = 'good'
), good AS (
    SELECT station_id, d, bit_count(bit_or(CASE WHEN pm25 IS NOT NULL THEN h END)) AS pm25,
        bit_count(bit_or(CASE WHEN pm10 IS NOT NULL THEN h END)) AS pm10,
        bit_count(bit_or(CASE WHEN o3 IS NOT NULL THEN h END)) AS o3,
        bit_count(bit_or(CASE WHEN no2 IS NOT NULL THEN h END)) AS no2,
        bit_count(bit_or(CASE WHEN so2 IS NOT NULL THEN h END)) AS so2,
        bit_count(bit_or(CASE WHEN co IS NOT NULL THEN h END)) AS co
    FROM hours GROUP BY station_id, d
), reach AS (
    SELECT station_id, min(hour) AS first_hour, max(hour) AS last_hour FROM env.observation GROUP BY station_id
), counted AS (  -- only days that lie wholly inside the submitted hours
    SELECT a._at, a.station_id, a.d, p.pollutant,
        coalesce(CASE p.pollutant WHEN 'pm25' THEN g.pm25 WHEN 'pm10' THEN g.pm10 WHEN 'o3' THEN g.o3
            WHEN 'no2' THEN g.no2 WHEN 'so2' THEN g.so2 ELSE g.co END, 0) AS hours,
        CASE p.pollutant WHEN 'pm25' THEN a.sub_pm25 WHEN 'pm10' THEN a.sub_pm10 WHEN 'o3' THEN a.sub_o3
            WHEN 'no2' THEN a.sub_no2 WHEN 'so2' THEN a.sub_so2 ELSE a.sub_co END AS stated
    FROM (SELECT v.*, date_trunc('day', v.at) AS d FROM env.aqi v WHERE kind = 'ngay') a
    CROSS JOIN (VALUES ('pm25'), ('pm10'), ('o3'), ('no2'), ('so2'), ('co')) AS p (pollutant)
    JOIN reach r ON r.station_id = a.station_id AND a.d >= r.first_hour AND a.d + INTERVAL 23 HOUR <= r.last_hour
    LEFT JOIN good g ON g.station_id = a.station_id AND g.d = a.d
), short_day AS (
    SELECT _at, station_id, d, string_agg(pollutant, ', ' ORDER BY pollutant) AS pollutants, min(hours) AS hours
    FROM counted WHERE stated IS NOT NULL AND hours < $day_hours_min
    GROUP BY _at, station_id, d
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
ORDER BY _at, _pointer, _message, found, expected
