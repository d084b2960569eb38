-- 5.2: every code stands in the list in force on the record's date; before $two_tier_from no list is carried.
WITH listed AS (
    SELECT code, valid_from, valid_to FROM codelist.vn_province
    UNION ALL
    SELECT code, valid_from, valid_to FROM codelist.vn_commune
), used AS (
    SELECT _at, _pointer, value, on_date, standard, dataset FROM role.province_code
    UNION ALL
    SELECT _at, _pointer, value, on_date, standard, dataset FROM role.commune_code
    UNION ALL
    SELECT _at, _pointer, value, on_date, standard, dataset FROM role.area_code
), dated AS (  -- an agency from earlier days that still exists is judged on the first day of the lists
    SELECT u._at, u._pointer, u.value,
        CASE WHEN a._at IS NOT NULL AND coalesce(a.valid_to, DATE '9999-12-31') >= CAST($two_tier_from AS DATE)
            THEN greatest(u.on_date, CAST($two_tier_from AS DATE)) ELSE u.on_date END AS on_date
    FROM used u
    LEFT JOIN code.agency a ON a._at = u._at
    UNION ALL
    SELECT _at, '/code', code,
        CASE WHEN coalesce(valid_to, DATE '9999-12-31') >= CAST($two_tier_from AS DATE)
            THEN greatest(valid_from, CAST($two_tier_from AS DATE)) ELSE valid_from END
    FROM code.admin_unit
), package AS (
    SELECT coalesce(sidecar, file) AS place, '/locality/province_code' AS pointer, province_code AS value,
        CAST(coalesce(data_through, available_at) AS DATE) AS on_date
    FROM sub.envelope WHERE province_code IS NOT NULL
    UNION ALL
    SELECT coalesce(sidecar, file), '/locality/commune_code', commune_code,
        CAST(coalesce(data_through, available_at) AS DATE)
    FROM sub.envelope WHERE commune_code IS NOT NULL
    UNION ALL
    SELECT DISTINCT 'manifest.json', '/localities', province_code, CAST((SELECT as_of FROM run.info) AS DATE)
    FROM sub.locality
    UNION ALL
    SELECT 'manifest.json', '/localities', commune_code, CAST((SELECT as_of FROM run.info) AS DATE)
    FROM sub.locality WHERE commune_code IS NOT NULL
)
SELECT d._at, NULL AS _file, d._pointer, 'default' AS _message, d.value AS found, CAST(d.on_date AS VARCHAR) AS on_date
FROM dated d
LEFT JOIN listed l ON l.code = d.value AND l.valid_from <= d.on_date AND (l.valid_to IS NULL OR l.valid_to > d.on_date)
WHERE l.code IS NULL AND d.on_date >= CAST($two_tier_from AS DATE) AND length(d.value) IN (2, 5)
UNION ALL
SELECT NULL, p.place, p.pointer, 'package', p.value, CAST(p.on_date AS VARCHAR)
FROM package p
LEFT JOIN listed l ON l.code = p.value AND l.valid_from <= p.on_date AND (l.valid_to IS NULL OR l.valid_to > p.on_date)
WHERE l.code IS NULL AND p.on_date >= CAST($two_tier_from AS DATE)
ORDER BY _at, _file, _pointer, _message, found
