-- 5.5: the type of a unit is that of every edition of the list that its validity touches.
WITH listed AS (
    SELECT code, type, valid_from, valid_to FROM codelist.vn_province
    UNION ALL
    SELECT code, type, valid_from, valid_to FROM codelist.vn_commune
), wrong AS (
    SELECT u._at, u.code, u.type AS found, l.type AS expected, l.valid_from AS edition,
        row_number() OVER (PARTITION BY u._at ORDER BY l.valid_from) AS nth
    FROM code.admin_unit u
    JOIN listed l ON l.code = u.code
        AND l.valid_from <= coalesce(u.valid_to, DATE '9999-12-31')
        AND (l.valid_to IS NULL OR l.valid_to > u.valid_from)
    WHERE l.type IS NOT NULL AND l.type <> u.type
)
SELECT _at, '/type' AS _pointer, expected, found, code, CAST(edition AS VARCHAR) AS edition
FROM wrong WHERE nth = 1
ORDER BY _at, _pointer, found, expected, code, edition
