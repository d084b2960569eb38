-- 5.7: in values flagged good PM2.5 is at most PM10 plus $pm_excess, and nothing lies below minus the detection limit.
SELECT _at, '/pm25' AS _pointer, 'default' AS _message,
    '≤ ' || CAST(round(pm10 * (1 + $pm_excess), 2) AS VARCHAR) AS expected,
    CAST(pm25 AS VARCHAR) AS found, 'pm25' AS pollutant, station_id, hour
FROM env.observation
WHERE quality_flag = 'good' AND pm25 >= 0 AND pm10 >= 0 AND pm25 > round(pm10 * (1 + $pm_excess), 6)
UNION ALL
SELECT _at, '/' || pollutant, 'negative', '≥ ' || CAST(-detection AS VARCHAR), CAST(c AS VARCHAR), pollutant,
    station_id, hour
FROM (
    SELECT *, CASE pollutant WHEN 'co' THEN $detection_limit_co ELSE $detection_limit END AS detection
    FROM (SELECT * FROM env.observation WHERE quality_flag = 'good')
        UNPIVOT (c FOR pollutant IN (pm25, pm10, o3, no2, so2, co))
)
WHERE c < -detection
ORDER BY _at, _pointer
