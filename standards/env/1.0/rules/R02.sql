-- 5.2: VN_AQI and its sub-indices recompute from the hourly values flagged good (difference at most $aqi_tolerance).
-- PM indices of a US-EPA copy are left to 5.4, which names the cause.
WITH node AS (  -- index and concentration at each breakpoint; row 500 means "at or above"
    SELECT 'vn' AS scheme, s.scale, CAST(b.index AS DOUBLE) AS i,
        CAST(CASE s.scale WHEN 'pm25' THEN b.pm25 WHEN 'pm10' THEN b.pm10 WHEN 'o3_1h' THEN b.o3_1h
            WHEN 'o3_8h' THEN b.o3_8h WHEN 'no2' THEN b.no2 WHEN 'so2' THEN b.so2 ELSE b.co END AS DOUBLE) AS c,
        b.valid_from, b.valid_to
    FROM codelist.vn_aqi_breakpoint b
    CROSS JOIN (VALUES ('pm25'), ('pm10'), ('o3_1h'), ('o3_8h'), ('no2'), ('so2'), ('co')) AS s (scale)
    UNION ALL
    SELECT 'epa', s.scale, e.i, CASE s.scale WHEN 'pm25' THEN e.pm25 ELSE e.pm10 END, NULL, NULL
    FROM (VALUES (0, 0.0, 0.0), (50, 12.0, 54.0), (100, 35.4, 154.0), (150, 55.4, 254.0), (200, 150.4, 354.0),
        (300, 250.4, 424.0), (400, 350.4, 504.0), (500, 500.4, 604.0)) AS e (i, pm25, pm10)
    CROSS JOIN (VALUES ('pm25'), ('pm10')) AS s (scale)
), segment AS (
    SELECT *, lead(i) OVER w AS i_hi, lead(c) OVER w AS c_hi
    FROM node WHERE c IS NOT NULL WINDOW w AS (PARTITION BY scheme, scale, valid_from ORDER BY i)
), reach AS (
    SELECT station_id, min(hour) AS first_hour, max(hour) AS last_hour FROM env.observation GROUP BY station_id
), value AS (
    SELECT *, date_trunc('hour', a.at) AS h, date_trunc('day', a.at) AS d FROM env.aqi a
), good AS (  -- hours of the stations that state hour values; what lies below zero counts as zero
    SELECT station_id, date_trunc('hour', hour) AS h,
        CASE WHEN pm25 < 0 THEN 0 ELSE pm25 END AS pm25, CASE WHEN pm10 < 0 THEN 0 ELSE pm10 END AS pm10,
        CASE WHEN o3 < 0 THEN 0 ELSE o3 END AS o3, CASE WHEN no2 < 0 THEN 0 ELSE no2 END AS no2,
        CASE WHEN so2 < 0 THEN 0 ELSE so2 END AS so2, CASE WHEN co < 0 THEN 0 ELSE co END AS co
    FROM env.observation
    WHERE quality_flag = 'good' AND station_id IN (SELECT station_id FROM value WHERE kind = 'gio')
), back AS (  -- the 12 hours of each hour value; age 0 is the hour itself
    SELECT v._at, v.station_id, n.age, v.h - n.age * INTERVAL 1 HOUR AS h
    FROM value v
    CROSS JOIN (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11)) AS n (age)
    WHERE v.kind = 'gio'
), weight AS (  -- max(0.5, cmin/cmax) over these hours
    SELECT b._at, greatest(0.5, min(g.pm25) / nullif(max(g.pm25), 0)) AS pm25,
        greatest(0.5, min(g.pm10) / nullif(max(g.pm10), 0)) AS pm10
    FROM back b JOIN good g ON g.station_id = b.station_id AND g.h = b.h
    GROUP BY b._at
), nowcast AS (  -- where two of the last three hours are there
    SELECT b._at,
        CASE WHEN count(CASE WHEN b.age < 3 THEN g.pm25 END) >= 2 THEN sum(pow(w.pm25, b.age) * g.pm25)
            / sum(CASE WHEN g.pm25 IS NOT NULL THEN pow(w.pm25, b.age) END) END AS pm25,
        CASE WHEN count(CASE WHEN b.age < 3 THEN g.pm10 END) >= 2 THEN sum(pow(w.pm10, b.age) * g.pm10)
            / sum(CASE WHEN g.pm10 IS NOT NULL THEN pow(w.pm10, b.age) END) END AS pm10
    FROM back b
    JOIN good g ON g.station_id = b.station_id AND g.h = b.h
    JOIN weight w ON w._at = b._at
    GROUP BY b._at
), day AS (  -- what each day value stands on
    SELECT v._at, avg(CASE WHEN o.pm25 < 0 THEN 0 ELSE o.pm25 END) AS pm25,
        avg(CASE WHEN o.pm10 < 0 THEN 0 ELSE o.pm10 END) AS pm10, max(CASE WHEN o.o3 < 0 THEN 0 ELSE o.o3 END) AS o3,
        max(CASE WHEN o.no2 < 0 THEN 0 ELSE o.no2 END) AS no2, max(CASE WHEN o.so2 < 0 THEN 0 ELSE o.so2 END) AS so2,
        max(CASE WHEN o.co < 0 THEN 0 ELSE o.co END) AS co
    FROM env.observation o JOIN value v ON v.station_id = o.station_id AND v.d = date_trunc('day', o.hour)
    WHERE o.quality_flag = 'good' AND v.kind = 'ngay' GROUP BY v._at
), mean8 AS (  -- each hour counts in its own mean of eight hours and in the seven after it, within the day
    SELECT v._at, hour(o.hour) + n.later AS h, avg(CASE WHEN o.o3 < 0 THEN 0 ELSE o.o3 END) AS c, count(*) AS hours,
        count(CASE WHEN n.later = 0 THEN 1 END) AS own
    FROM env.observation o
    JOIN value v ON v.station_id = o.station_id AND v.d = date_trunc('day', o.hour)
    CROSS JOIN (VALUES (0), (1), (2), (3), (4), (5), (6), (7)) AS n (later)
    WHERE o.quality_flag = 'good' AND o.o3 IS NOT NULL AND v.kind = 'ngay' AND hour(o.hour) + n.later BETWEEN 7 AND 23
    GROUP BY v._at, hour(o.hour) + n.later
), day8 AS (
    SELECT _at, max(c) AS o3_8h FROM mean8 WHERE hours >= $o3_8h_min_values AND own > 0 GROUP BY _at
), source AS (  -- the concentrations that each value stands on
    SELECT _at, pm25, pm10, NULL AS o3, NULL AS o3_8h, NULL AS no2, NULL AS so2, NULL AS co FROM nowcast
    UNION ALL
    SELECT v._at, NULL, NULL, g.o3, NULL, g.no2, g.so2, g.co
    FROM value v JOIN good g ON g.station_id = v.station_id AND g.h = v.h WHERE v.kind = 'gio'
    UNION ALL
    SELECT g._at, g.pm25, g.pm10, g.o3, m.o3_8h, g.no2, g.so2, g.co FROM day g LEFT JOIN day8 m ON m._at = g._at
), conc AS (
    SELECT s._at, v.d, p.pollutant, p.scale, CASE p.scale WHEN 'pm25' THEN s.pm25 WHEN 'pm10' THEN s.pm10
        WHEN 'o3_1h' THEN s.o3 WHEN 'o3_8h' THEN s.o3_8h WHEN 'no2' THEN s.no2 WHEN 'so2' THEN s.so2 ELSE s.co END AS c
    FROM source s JOIN value v ON v._at = s._at
    CROSS JOIN (VALUES ('pm25', 'pm25'), ('pm10', 'pm10'), ('o3', 'o3_1h'), ('o3', 'o3_8h'),
        ('no2', 'no2'), ('so2', 'so2'), ('co', 'co')) AS p (pollutant, scale)
), indexed AS (  -- rounded half up; O3 8 h ends at its last breakpoint
    SELECT k._at, k.pollutant, s.scheme, coalesce(
        floor(round(s.i + (s.i_hi - s.i) * (k.c - s.c) / (s.c_hi - s.c), 6) + 0.5), s.i) AS i
    FROM conc k
    JOIN segment s ON s.scale = k.scale AND k.c >= s.c AND (k.c < s.c_hi OR s.c_hi IS NULL)
        AND (s.valid_from IS NULL OR k.d >= s.valid_from) AND (s.valid_to IS NULL OR k.d < s.valid_to)
    WHERE s.c_hi IS NOT NULL OR s.i = 500 OR k.c = s.c
), computed AS (
    SELECT _at, pollutant, max(CASE WHEN scheme = 'vn' THEN i END) AS vn, max(CASE WHEN scheme = 'epa' THEN i END) AS epa
    FROM indexed GROUP BY _at, pollutant
), compared AS (
    SELECT v._at, v.station_id, v.kind, v.at, v.h, v.d, v.aqi, p.pollutant, c.vn, c.epa, r.first_hour, r.last_hour,
        CASE p.pollutant WHEN 'pm25' THEN sub_pm25 WHEN 'pm10' THEN sub_pm10 WHEN 'o3' THEN sub_o3
            WHEN 'no2' THEN sub_no2 WHEN 'so2' THEN sub_so2 ELSE sub_co END AS stated
    FROM value v CROSS JOIN (VALUES ('pm25'), ('pm10'), ('o3'), ('no2'), ('so2'), ('co')) AS p (pollutant)
    LEFT JOIN computed c ON c._at = v._at AND c.pollutant = p.pollutant
    LEFT JOIN reach r ON r.station_id = v.station_id
), copied AS (
    SELECT DISTINCT station_id FROM (
        SELECT station_id FROM compared WHERE abs(vn - epa) > 2 * $aqi_tolerance AND stated IS NOT NULL
        GROUP BY station_id, pollutant HAVING count(*) >= $epa_min_values
            AND avg(CASE WHEN abs(stated - epa) <= $aqi_tolerance THEN 1.0 ELSE 0.0 END) >= $epa_share_min) likely
), judged AS (  -- only where the hourly values reach back and forward far enough
    SELECT j.* FROM compared j LEFT JOIN copied k ON k.station_id = j.station_id
    WHERE NOT (coalesce(abs(stated - epa) <= $aqi_tolerance, false) AND k.station_id IS NOT NULL)
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
ORDER BY _at, _pointer, _message, found, expected, pollutant
