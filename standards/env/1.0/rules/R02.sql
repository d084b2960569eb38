-- 5.2: VN_AQI and its sub-indices recompute from the hourly values flagged good (difference at most $aqi_tolerance).
-- PM indices of a US-EPA copy are left to 5.4, which names the cause.
WITH node AS (  -- index and concentration at each breakpoint; row 500 means "at or above"
    SELECT 'vn' AS scheme, scale, CAST(index AS DOUBLE) AS i, CAST(c AS DOUBLE) AS c, valid_from, valid_to
    FROM (SELECT * FROM codelist.vn_aqi_breakpoint)
        UNPIVOT (c FOR scale IN (pm25, pm10, o3_1h, o3_8h, no2, so2, co))
    WHERE c <> ''
    UNION ALL
    SELECT 'epa', scale, i, c, NULL, NULL
    FROM (SELECT * FROM (VALUES (0, 0.0, 0.0), (50, 12.0, 54.0), (100, 35.4, 154.0), (150, 55.4, 254.0),
            (200, 150.4, 354.0), (300, 250.4, 424.0), (400, 350.4, 504.0), (500, 500.4, 604.0)) AS e (i, pm25, pm10))
        UNPIVOT (c FOR scale IN (pm25, pm10))
), segment AS (
    SELECT *, lead(i) OVER w AS i_hi, lead(c) OVER w AS c_hi
    FROM node WINDOW w AS (PARTITION BY scheme, scale, valid_from ORDER BY i)
), good AS (
    SELECT station_id, date_trunc('hour', hour) AS h, date_trunc('day', hour) AS d, pollutant, greatest(c, 0) AS c
    FROM (SELECT * FROM env.observation WHERE quality_flag = 'good')
        UNPIVOT (c FOR pollutant IN (pm25, pm10, o3, no2, so2, co))
), reach AS (
    SELECT station_id, min(hour) AS first_hour, max(hour) AS last_hour FROM env.observation GROUP BY station_id
), value AS (
    SELECT *, date_trunc('hour', a.at) AS h, date_trunc('day', a.at) AS d FROM env.aqi a
), back AS (  -- the 12 hours of each hour value; age 0 is the hour itself
    SELECT _at, station_id, age, h - age * INTERVAL 1 HOUR AS h
    FROM (SELECT _at, station_id, h, unnest(range(12)) AS age FROM value WHERE kind = 'gio')
), past AS (  -- weight = max(0.5, cmin/cmax)
    SELECT b._at, g.pollutant, g.c, b.age,
        greatest(0.5, min(g.c) OVER w / nullif(max(g.c) OVER w, 0)) AS weight
    FROM back b JOIN good g ON g.station_id = b.station_id AND g.h = b.h
    WHERE g.pollutant IN ('pm25', 'pm10')
    WINDOW w AS (PARTITION BY b._at, g.pollutant)
), mean8 AS (
    SELECT station_id, d, h, avg(c) OVER w AS c, count(*) OVER w AS hours
    FROM good WHERE pollutant = 'o3'
    WINDOW w AS (PARTITION BY station_id, d ORDER BY h RANGE BETWEEN INTERVAL 7 HOUR PRECEDING AND CURRENT ROW)
), conc AS (
    SELECT _at, pollutant, pollutant AS scale, sum(pow(weight, age) * c) / sum(pow(weight, age)) AS c
    FROM past GROUP BY _at, pollutant HAVING count(CASE WHEN age < 3 THEN 1 END) >= 2
    UNION ALL
    SELECT v._at, g.pollutant, CASE g.pollutant WHEN 'o3' THEN 'o3_1h' ELSE g.pollutant END, g.c
    FROM value v JOIN good g ON g.station_id = v.station_id AND g.h = v.h
    WHERE v.kind = 'gio' AND g.pollutant NOT IN ('pm25', 'pm10')
    UNION ALL
    SELECT v._at, g.pollutant, CASE g.pollutant WHEN 'o3' THEN 'o3_1h' ELSE g.pollutant END,
        CASE WHEN g.pollutant IN ('pm25', 'pm10') THEN avg(g.c) ELSE max(g.c) END
    FROM value v JOIN good g ON g.station_id = v.station_id AND g.d = v.d
    WHERE v.kind = 'ngay' GROUP BY v._at, g.pollutant
    UNION ALL
    SELECT v._at, 'o3', 'o3_8h', max(m.c)
    FROM value v JOIN mean8 m ON m.station_id = v.station_id AND m.d = v.d
    WHERE v.kind = 'ngay' AND m.hours >= $o3_8h_min_values AND hour(m.h) >= 7 GROUP BY v._at
), computed AS (  -- rounded half up; O3 8 h ends at its last breakpoint
    SELECT v._at, k.pollutant, s.scheme, max(coalesce(
        floor(round(s.i + (s.i_hi - s.i) * (k.c - s.c) / (s.c_hi - s.c), 6) + 0.5), s.i)) AS i
    FROM conc k JOIN value v ON v._at = k._at
    JOIN segment s ON s.scale = k.scale AND k.c >= s.c AND (k.c < s.c_hi OR s.c_hi IS NULL)
        AND (s.valid_from IS NULL OR v.d >= s.valid_from) AND (s.valid_to IS NULL OR v.d < s.valid_to)
    WHERE s.c_hi IS NOT NULL OR s.i = 500 OR k.c = s.c
    GROUP BY v._at, k.pollutant, s.scheme
), compared AS (
    SELECT v.*, p.pollutant, vn.i AS vn, epa.i AS epa, r.first_hour, r.last_hour,
        CASE p.pollutant WHEN 'pm25' THEN sub_pm25 WHEN 'pm10' THEN sub_pm10 WHEN 'o3' THEN sub_o3
            WHEN 'no2' THEN sub_no2 WHEN 'so2' THEN sub_so2 ELSE sub_co END AS stated
    FROM value v CROSS JOIN (VALUES ('pm25'), ('pm10'), ('o3'), ('no2'), ('so2'), ('co')) AS p (pollutant)
    LEFT JOIN computed vn ON vn._at = v._at AND vn.pollutant = p.pollutant AND vn.scheme = 'vn'
    LEFT JOIN computed epa ON epa._at = v._at AND epa.pollutant = p.pollutant AND epa.scheme = 'epa'
    LEFT JOIN reach r ON r.station_id = v.station_id
), copied AS (
    SELECT station_id FROM compared WHERE abs(vn - epa) > 2 * $aqi_tolerance AND stated IS NOT NULL
    GROUP BY station_id, pollutant HAVING count(*) >= $epa_min_values
        AND avg(CASE WHEN abs(stated - epa) <= $aqi_tolerance THEN 1.0 ELSE 0.0 END) >= $epa_share_min
), judged AS (  -- only where the hourly values reach back and forward far enough
    SELECT * FROM compared
    WHERE NOT (coalesce(abs(stated - epa) <= $aqi_tolerance, false) AND station_id IN (SELECT station_id FROM copied))
        AND CASE WHEN kind = 'ngay' THEN d >= first_hour AND d + INTERVAL 23 HOUR <= last_hour
            WHEN pollutant IN ('pm25', 'pm10') THEN h - INTERVAL 11 HOUR >= first_hour AND h <= last_hour
            ELSE h BETWEEN first_hour AND last_hour END
)
SELECT _at, '/sub/' || pollutant AS _pointer,
    CASE WHEN stated IS NULL THEN 'missing' WHEN vn IS NULL THEN 'unsupported' ELSE 'default' END AS _message,
    CAST(vn AS BIGINT) AS expected, stated AS found, pollutant, station_id, j.at
FROM judged j
WHERE abs(stated - vn) > $aqi_tolerance OR (stated IS NOT NULL AND vn IS NULL)
    OR (stated IS NULL AND vn > aqi + $aqi_tolerance)
UNION ALL
SELECT v._at, '/at', 'no_source', NULL, NULL, NULL, v.station_id, v.at
FROM value v LEFT JOIN reach r ON r.station_id = v.station_id
WHERE r.station_id IS NULL OR CASE WHEN v.kind = 'ngay'
    THEN v.d + INTERVAL 23 HOUR < r.first_hour OR v.d > r.last_hour
    ELSE v.h NOT BETWEEN date_trunc('hour', r.first_hour) AND r.last_hour END
ORDER BY _at, _pointer
