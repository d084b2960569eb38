-- 5.7: in values flagged good PM2.5 is at most PM10 plus $pm_excess, and nothing lies below minus the detection limit.
WITH low AS (  -- few, so only these are taken apart by pollutant
    SELECT * FROM env.observation
    WHERE quality_flag = 'good'
        AND (least(pm25, pm10, o3, no2, so2) < -$detection_limit OR co < -$detection_limit_co)
), negative AS (
    SELECT l._at, l.station_id, l.hour, p.pollutant,
        CASE p.pollutant WHEN 'co' THEN $detection_limit_co ELSE $detection_limit END AS detection,
        CASE p.pollutant WHEN 'pm25' THEN l.pm25 WHEN 'pm10' THEN l.pm10 WHEN 'o3' THEN l.o3 WHEN 'no2' THEN l.no2
            WHEN 'so2' THEN l.so2 ELSE l.co END AS c
    FROM low l CROSS JOIN (VALUES ('pm25'), ('pm10'), ('o3'), ('no2'), ('so2'), ('co')) AS p (pollutant)
)
SELECT _at, '/pm25' AS _pointer, 'default' AS _message,
    '≤ ' || CAST(round(pm10 * (1 + $pm_excess), 2) AS VARCHAR) AS expected,
    CAST(pm25 AS VARCHAR) AS found, 'pm25' AS pollutant, station_id, hour
FROM env.observation
WHERE quality_flag = 'good' AND pm25 >= 0 AND pm10 >= 0 AND pm25 > round(pm10 * (1 + $pm_excess), 6)
UNION ALL
SELECT _at, '/' || pollutant, 'negative', '≥ ' || CAST(-detection AS VARCHAR), CAST(c AS VARCHAR), pollutant,
    station_id, hour
FROM negative WHERE c < -detection
ORDER BY _at, _pointer, _message, found, expected, pollutant
