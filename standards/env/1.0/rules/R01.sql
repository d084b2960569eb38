-- 5.1: magnitude of CO; a median below $co_median_min ug/m3 points to mg/m3 or ppm under the name ug/m3.
SELECT min(_at) AS _at, '/co' AS _pointer, 'default' AS _message, station_id,
    '≥ ' || CAST($co_median_min AS VARCHAR) AS expected, median(co) AS found, count(*) AS hours
FROM env.observation
WHERE quality_flag = 'good' AND co IS NOT NULL
GROUP BY station_id
HAVING count(*) >= $co_min_values AND median(co) < $co_median_min
ORDER BY _at, _pointer, _message, found, expected
