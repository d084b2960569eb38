-- 5.4: the PM indices of a station follow VN_AQI, not the breakpoints of US-EPA (table used before 2024).
-- Counted over the values where both tables differ clearly; one finding per station.
WITH node AS (
    SELECT 'vn' AS scheme, pollutant, CAST(index AS DOUBLE) AS i, CAST(c AS DOUBLE) AS c, valid_from, valid_to
    FROM (SELECT * FROM codelist.vn_aqi_breakpoint) UNPIVOT (c FOR pollutant IN (pm25, pm10))
    UNION ALL
    SELECT 'epa', pollutant, i, c, NULL, NULL
    FROM (SELECT * FROM (VALUES (0, 0.0, 0.0), (50, 12.0, 54.0), (100, 35.4, 154.0), (150, 55.4, 254.0),
            (200, 150.4, 354.0), (300, 250.4, 424.0), (400, 350.4, 504.0), (500, 500.4, 604.0)) AS e (i, pm25, pm10))
        UNPIVOT (c FOR pollutant IN (pm25, pm10))
), segment AS (
    SELECT *, lead(i) OVER w AS i_hi, lead(c) OVER w AS c_hi
    FROM node WINDOW w AS (PARTITION BY scheme, pollutant, valid_from ORDER BY i)
), good AS (
    SELECT station_id, date_trunc('hour', hour) AS h, date_trunc('day', hour) AS d, pollutant, greatest(c, 0) AS c
    FROM (SELECT * FROM env.observation WHERE quality_flag = 'good') UNPIVOT (c FOR pollutant IN (pm25, pm10))
), value AS (
    SELECT *, date_trunc('hour', a.at) AS h, date_trunc('day', a.at) AS d FROM env.aqi a
), stated AS (
    SELECT _at, station_id, pollutant, i
    FROM (SELECT _at, station_id, sub_pm25 AS pm25, sub_pm10 AS pm10 FROM env.aqi)
        UNPIVOT (i FOR pollutant IN (pm25, pm10))
), back AS (  -- the 12 hours of each hour value; age 0 is the hour itself
    SELECT _at, station_id, age, h - age * INTERVAL 1 HOUR AS h
    FROM (SELECT _at, station_id, h, unnest(range(12)) AS age FROM value WHERE kind = 'gio')
), past AS (  -- weight = max(0.5, cmin/cmax)
    SELECT b._at, g.pollutant, g.c, b.age,
        greatest(0.5, min(g.c) OVER w / nullif(max(g.c) OVER w, 0)) AS weight
    FROM back b JOIN good g ON g.station_id = b.station_id AND g.h = b.h
    WINDOW w AS (PARTITION BY b._at, g.pollutant)
), conc AS (
    SELECT _at, pollutant, sum(pow(weight, age) * c) / sum(pow(weight, age)) AS c
    FROM past GROUP BY _at, pollutant HAVING count(CASE WHEN age < 3 THEN 1 END) >= 2
    UNION ALL
    SELECT v._at, g.pollutant, avg(g.c)
    FROM value v JOIN good g ON g.station_id = v.station_id AND g.d = v.d
    WHERE v.kind = 'ngay' GROUP BY v._at, g.pollutant
), computed AS (
    SELECT v._at, k.pollutant, s.scheme, coalesce(
        floor(round(s.i + (s.i_hi - s.i) * (k.c - s.c) / (s.c_hi - s.c), 6) + 0.5), s.i) AS i
    FROM conc k JOIN value v ON v._at = k._at
    JOIN segment s ON s.pollutant = k.pollutant AND k.c >= s.c AND (k.c < s.c_hi OR s.c_hi IS NULL)
        AND (s.valid_from IS NULL OR v.d >= s.valid_from) AND (s.valid_to IS NULL OR v.d < s.valid_to)
), compared AS (
    SELECT t.*, vn.i AS vn, epa.i AS epa
    FROM stated t
    JOIN computed vn ON vn._at = t._at AND vn.pollutant = t.pollutant AND vn.scheme = 'vn'
    JOIN computed epa ON epa._at = t._at AND epa.pollutant = t.pollutant AND epa.scheme = 'epa'
    WHERE abs(vn.i - epa.i) > 2 * $aqi_tolerance
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
ORDER BY _at
