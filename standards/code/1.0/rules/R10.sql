-- 5.10: the communes served, with those left out for a stated reason, are all the communes of the province.
WITH today AS (
    SELECT CAST(as_of AS DATE) AS day FROM run.info
), commune AS (
    SELECT c.code, c.province_code FROM codelist.vn_commune c, today t
    WHERE c.valid_from <= t.day AND (c.valid_to IS NULL OR c.valid_to > t.day)
), province AS (
    SELECT province_code, count(commune_code) AS listed FROM sub.locality GROUP BY province_code
), served AS (  -- what the manifest lists; where it lists none, what the data hold
    SELECT commune_code AS code FROM sub.locality WHERE commune_code IS NOT NULL
    UNION
    SELECT x.value FROM (
        SELECT value FROM role.commune_code UNION SELECT value FROM role.area_code WHERE length(value) = 5) x
    JOIN commune c ON c.code = x.value
    JOIN province p ON p.province_code = c.province_code AND p.listed = 0
    UNION
    SELECT commune_code FROM sub.excluded
), counted AS (
    SELECT c.province_code, count(*) AS total, count(s.code) AS covered,
        min(CASE WHEN s.code IS NULL THEN c.code END) AS first
    FROM commune c
    JOIN province p ON p.province_code = c.province_code
    LEFT JOIN served s ON s.code = c.code
    GROUP BY c.province_code
)
SELECT 'manifest.json' AS _file, '/localities' AS _pointer, 'default' AS _message, total AS expected,
    CAST(covered AS VARCHAR) AS found,
    province_code, total - covered AS missing, first
FROM counted WHERE covered < total
UNION ALL
SELECT 'manifest.json', '/excluded_communes', 'no_reason', NULL, CAST(commune_code AS VARCHAR), NULL, NULL, NULL
FROM sub.excluded WHERE coalesce(trim(reason), '') = ''
ORDER BY _pointer, province_code, found, _file, _message, expected
