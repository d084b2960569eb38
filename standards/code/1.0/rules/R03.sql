-- 5.3: a commune lies in the province that the record states; where it states none, in that of the envelope.
WITH place AS (
    SELECT _at, _pointer, parent, value, on_date FROM role.commune_code
    UNION ALL
    SELECT _at, _pointer, parent, value, on_date FROM role.area_code WHERE length(value) = 5
), own AS (  -- the province of the nearest enclosing object
    SELECT p._at, p._pointer, q.value AS province_code,
        row_number() OVER (PARTITION BY p._at, p._pointer ORDER BY length(q.parent) DESC, q._pointer) AS nth
    FROM place p
    JOIN role.province_code q ON q._at = p._at AND (q.parent = p.parent OR starts_with(p.parent, q.parent || '/'))
), stated AS (
    SELECT p._at, NULL AS _file, p._pointer, p.value, p.on_date, coalesce(o.province_code, e.province_code) AS province_code
    FROM place p
    LEFT JOIN own o ON o._at = p._at AND o._pointer = p._pointer AND o.nth = 1
    JOIN sub.record r ON r._at = p._at AND r.usable
    LEFT JOIN sub.envelope e ON e.file = r.file
    UNION ALL
    SELECT _at, NULL, '/province_code', code, valid_from, province_code FROM code.admin_unit WHERE level = 2
    UNION ALL
    SELECT NULL, coalesce(sidecar, file), '/locality/commune_code', commune_code,
        CAST(coalesce(data_through, available_at) AS DATE), province_code
    FROM sub.envelope WHERE commune_code IS NOT NULL
    UNION ALL
    SELECT NULL, 'manifest.json', '/localities', commune_code, CAST((SELECT as_of FROM run.info) AS DATE), province_code
    FROM sub.locality WHERE commune_code IS NOT NULL
)
SELECT s._at, s._file, s._pointer, c.province_code AS expected, s.province_code AS found, s.value AS commune_code
FROM stated s
JOIN codelist.vn_commune c ON c.code = s.value AND c.valid_from <= s.on_date AND (c.valid_to IS NULL OR c.valid_to > s.on_date)
WHERE s.province_code IS NOT NULL AND c.province_code <> s.province_code
ORDER BY s._at, s._file, s._pointer, found, expected, commune_code
