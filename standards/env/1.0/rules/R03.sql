-- 5.3: an AQI stands on PM2.5 or PM10, equals its largest sub-index and carries that band's category and colour.
WITH value AS (
    SELECT *, greatest(sub_pm25, sub_pm10, sub_o3, sub_no2, sub_so2, sub_co) AS top,
        CASE dominant WHEN 'pm25' THEN sub_pm25 WHEN 'pm10' THEN sub_pm10 WHEN 'o3' THEN sub_o3
            WHEN 'no2' THEN sub_no2 WHEN 'so2' THEN sub_so2 WHEN 'co' THEN sub_co END AS top_stated
    FROM env.aqi
), banded AS (
    SELECT v.*, b.category AS band, b.rgb
    FROM value v LEFT JOIN codelist.vn_aqi_band b
        ON v.aqi BETWEEN CAST(b.lo AS BIGINT) AND CAST(b.hi AS BIGINT)
        AND CAST(v.at AS DATE) >= b.valid_from AND (b.valid_to IS NULL OR CAST(v.at AS DATE) < b.valid_to)
)
SELECT _at, '/aqi' AS _pointer, 'no_pm' AS _message, NULL AS expected, CAST(aqi AS VARCHAR) AS found, station_id, b.at
FROM banded b WHERE aqi IS NOT NULL AND sub_pm25 IS NULL AND sub_pm10 IS NULL
UNION ALL
SELECT _at, '/aqi', 'default', CAST(top AS VARCHAR), CAST(aqi AS VARCHAR), station_id, b.at
FROM banded b WHERE aqi <> top AND (sub_pm25 IS NOT NULL OR sub_pm10 IS NOT NULL)
UNION ALL
SELECT _at, '/dominant', 'dominant', CAST(top AS VARCHAR), coalesce(dominant, 'null'), station_id, b.at
FROM banded b
WHERE CASE WHEN aqi IS NULL THEN dominant IS NOT NULL ELSE top_stated IS DISTINCT FROM top END
UNION ALL
SELECT _at, '/category', 'category', coalesce(band, 'null'), coalesce(category, 'null'), station_id, b.at
FROM banded b WHERE category IS DISTINCT FROM band
UNION ALL
SELECT _at, '/color', 'color', coalesce(rgb, 'null'), coalesce(color, 'null'), station_id, b.at
FROM banded b WHERE color IS DISTINCT FROM rgb
ORDER BY _at, _pointer, _message, found, expected
