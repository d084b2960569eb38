-- 5.4: the PM indices of a station follow VN_AQI, not the breakpoints of US-EPA (table used before 2024).
-- Counted over the values where both tables differ clearly; one finding per station.
WITH node AS (
    SELECT 'vn' AS scheme, s.pollutant, CAST(b.index AS DOUBLE) AS i,
        CAST(CASE s.pollutant WHEN 'pm25' THEN b.pm25 ELSE b.pm10 END AS DOUBLE) AS c, b.valid_from, b.valid_to
    FROM codelist.vn_aqi_breakpoint b CROSS JOIN (VALUES ('pm25'), ('pm10')) AS s (pollutant)
    UNION ALL
    SELECT 'epa', s.pollutant, e.i, CASE s.pollutant WHEN 'pm25' THEN e.pm25 ELSE e.pm10 END, NULL, NULL
    FROM (VALUES (0, 0.0, 0.0), (50, 12.0, 54.0), (100, 35.4, 154.0), (150, 55.4, 254.0), (200, 150.4, 354.0),
        (300, 250.4, 424.0), (400, 350.4, 504.0), (500, 500.4, 604.0)) AS e (i, pm25, pm10)
    CROSS JOIN (VALUES ('pm25'), ('pm10')) AS s (pollutant)
), segment AS (
    SELECT *, lead(i) OVER w AS i_hi, lead(c) OVER w AS c_hi
    FROM node WHERE c IS NOT NULL WINDOW w AS (PARTITION BY scheme, pollutant, valid_from ORDER BY i)
), value AS (
    SELECT _at, station_id, kind, sub_pm25, sub_pm10, date_trunc('hour', a.at) AS h, date_trunc('day', a.at) AS d
    FROM env.aqi a WHERE sub_pm25 IS NOT NULL OR sub_pm10 IS NOT NULL
), good AS (  -- hours of the stations that state hour values; what lies below zero counts as zero
    SELECT station_id, date_trunc('hour', hour) AS h,
        CASE WHEN pm25 < 0 THEN 0 ELSE pm25 END AS pm25, CASE WHEN pm10 < 0 THEN 0 ELSE pm10 END AS pm10
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
), source AS (
    SELECT _at, pm25, pm10 FROM nowcast
    UNION ALL
    SELECT v._at, avg(CASE WHEN o.pm25 < 0 THEN 0 ELSE o.pm25 END), avg(CASE WHEN o.pm10 < 0 THEN 0 ELSE o.pm10 END)
    FROM env.observation o JOIN value v ON v.station_id = o.station_id AND v.d = date_trunc('day', o.hour)
    WHERE o.quality_flag = 'good' AND v.kind = 'ngay' GROUP BY v._at
), stated AS (
    SELECT v._at, v.station_id, v.d, p.pollutant, CASE p.pollutant WHEN 'pm25' THEN s.pm25 ELSE s.pm10 END AS c,
        CASE p.pollutant WHEN 'pm25' THEN v.sub_pm25 ELSE v.sub_pm10 END AS i
    FROM value v JOIN source s ON s._at = v._at CROSS JOIN (VALUES ('pm25'), ('pm10')) AS p (pollutant)
), computed AS (
    SELECT t._at, t.station_id, t.pollutant, t.i, s.scheme, coalesce(
        floor(round(s.i + (s.i_hi - s.i) * (t.c - s.c) / (s.c_hi - s.c), 6) + 0.5), s.i) AS index
    FROM stated t
    JOIN segment s ON s.pollutant = t.pollutant AND t.c >= s.c AND (t.c < s.c_hi OR s.c_hi IS NULL)
        AND (s.valid_from IS NULL OR t.d >= s.valid_from) AND (s.valid_to IS NULL OR t.d < s.valid_to)
    WHERE t.i IS NOT NULL
), compared AS (
    SELECT * FROM (
        SELECT _at, station_id, pollutant, i, max(CASE WHEN scheme = 'vn' THEN index END) AS vn,
            max(CASE WHEN scheme = 'epa' THEN index END) AS epa
        FROM computed GROUP BY _at, station_id, pollutant, i) both_ways
    WHERE abs(vn - epa) > 2 * $aqi_tolerance
), copied AS (
    SELECT station_id, pollutant, min(_at) AS _at, min_by(vn, _at) AS vn, min_by(i, _at) AS i, count(*) AS telling,
        count(CASE WHEN abs(i - epa) <= $aqi_tolerance THEN 1 END) AS fits_epa,
        count(CASE WHEN abs(i - vn) <= $aqi_tolerance THEN 1 END) AS fits_vn
    FROM compared GROUP BY station_id, pollutant
    HAVING count(*) >= $epa_min_values
        AND avg(CASE WHEN abs(i - epa) <= $aqi_tolerance THEN 1.0 ELSE 0.0 END) >= $epa_share_min
)
SELECT min(_at) AS _at, '/sub/' || max_by(pollutant, telling) AS _pointer, station_id,
    CAST(max_by(vn, telling) AS BIGINT) AS expected, max_by(i, telling) AS found,
    sum(fits_epa) AS fits_epa, sum(fits_vn) AS fits_vn, sum(telling) AS telling
FROM copied
GROUP BY station_id
ORDER BY _at, station_id, _pointer, found, expected
