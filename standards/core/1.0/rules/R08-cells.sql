-- 5.8: no small count of a commune stands in public data.
WITH place AS (
    SELECT _at, value FROM role.commune_code
    UNION ALL
    SELECT _at, value FROM role.area_code WHERE length(value) = 5
), small AS (
    SELECT h._at, h._pointer, min(p.value) AS commune_code
    FROM role.health_count h JOIN place p ON p._at = h._at
    WHERE TRY_CAST(h.value AS BIGINT) BETWEEN 1 AND $small_cell_max
    GROUP BY h._at, h._pointer
)
SELECT s._at, s._pointer, s.commune_code, $small_cell_max AS "limit"
FROM small s
JOIN sub.record r ON r._at = s._at
LEFT JOIN sub.envelope e ON e.file = r.file
WHERE coalesce(e.disclosure, 'public') = 'public'
ORDER BY s._at, s._pointer, commune_code
