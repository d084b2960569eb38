-- 5.10: data come from listed stations; a station lies in a served commune and inside the coordinate box
-- (and inside the commune's own box where the submission gives one); served communes have air stations.
WITH place AS (
    SELECT *, CAST(json_extract_string(location, '$.coordinates[0]') AS DOUBLE) AS lon,
        CAST(json_extract_string(location, '$.coordinates[1]') AS DOUBLE) AS lat
    FROM env.station
), served AS (
    SELECT DISTINCT coalesce(l.commune_code, c.code) AS commune_code
    FROM sub.locality l
    LEFT JOIN codelist.vn_commune c ON l.commune_code IS NULL AND c.province_code = l.province_code AND c.valid_to IS NULL
), box AS (  -- manifest input: "code;west;south;east;north"
    SELECT value, split_part(value, ';', 1) AS commune_code, TRY_CAST(split_part(value, ';', 2) AS DOUBLE) AS west,
        TRY_CAST(split_part(value, ';', 3) AS DOUBLE) AS south, TRY_CAST(split_part(value, ';', 4) AS DOUBLE) AS east,
        TRY_CAST(split_part(value, ';', 5) AS DOUBLE) AS north
    FROM sub.input WHERE name = 'commune-box'
), reporting AS (
    SELECT station_id, min(_at) AS _at FROM env.observation GROUP BY station_id
    UNION ALL SELECT station_id, min(_at) FROM env.aqi GROUP BY station_id
    UNION ALL SELECT station_id, min(_at) FROM env.device_status GROUP BY station_id
    UNION ALL SELECT station_id, min(_at) FROM env.water_sample GROUP BY station_id
    UNION ALL SELECT station_id, min(_at) FROM env.wqi GROUP BY station_id
    UNION ALL SELECT station_id, min(_at) FROM env.noise GROUP BY station_id
), coverage AS (
    SELECT count(*) AS communes, count(CASE WHEN commune_code IN (SELECT commune_code FROM env.station
        WHERE type IN ('nen', 'giao_thong', 'cong_nghiep')) THEN 1 END) AS covered
    FROM served
)
SELECT min(_at) AS _at, NULL AS _file, '/station_id' AS _pointer, 'default' AS _message, NULL AS expected,
    station_id AS found, station_id, NULL AS commune_code
FROM reporting WHERE station_id NOT IN (SELECT station_id FROM env.station_all WHERE station_id IS NOT NULL)
GROUP BY station_id
UNION ALL
SELECT _at, NULL, '/commune_code', 'locality', (SELECT min(commune_code) || ' …' FROM served), commune_code, station_id,
    commune_code
FROM place WHERE commune_code NOT IN (SELECT commune_code FROM served WHERE commune_code IS NOT NULL)
UNION ALL
SELECT _at, NULL, '/location',
    CASE WHEN lat BETWEEN $west AND $east AND lon BETWEEN $south AND $north THEN 'swapped' ELSE 'outside' END,
    $west || '–' || $east || ', ' || $south || '–' || $north, lon || ', ' || lat, station_id, commune_code
FROM place WHERE NOT (lon BETWEEN $west AND $east AND lat BETWEEN $south AND $north)
UNION ALL
SELECT p._at, NULL, '/location', 'commune', b.west || '–' || b.east || ', ' || b.south || '–' || b.north,
    p.lon || ', ' || p.lat, p.station_id, p.commune_code
FROM place p JOIN box b ON b.commune_code = p.commune_code
WHERE NOT (p.lon BETWEEN b.west AND b.east AND p.lat BETWEEN b.south AND b.north)
    AND p.lon BETWEEN $west AND $east AND p.lat BETWEEN $south AND $north
UNION ALL
SELECT NULL, 'manifest.json', '/inputs/commune-box', 'box', 'code;west;south;east;north', value, NULL, NULL
FROM box WHERE west IS NULL OR south IS NULL OR east IS NULL OR north IS NULL
UNION ALL
SELECT (SELECT min(_at) FROM env.station), NULL, '/commune_code', 'coverage',
    '≥ ' || greatest(1, CAST(ceil($coverage_min * communes) AS BIGINT)) || '/' || communes,
    covered || '/' || communes, NULL, NULL
FROM coverage WHERE communes > 0 AND covered < greatest(1, $coverage_min * communes)
ORDER BY _at, _pointer, _file, _message, found, expected, commune_code
