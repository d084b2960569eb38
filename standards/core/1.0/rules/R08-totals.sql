-- 5.8: no hidden cell of a commune can be worked out by subtracting the others from a total of its row or column.
WITH cell AS (
    SELECT h._at, h.date, h.province_code, h.commune_code, h.category, h."count" AS n
    FROM core.health_count h
    JOIN sub.record r ON r._at = h._at
    LEFT JOIN sub.envelope e ON e.file = r.file
    WHERE coalesce(e.disclosure, 'public') = 'public'
), line AS (  -- a row: the categories of a commune under its total; a column: the communes of a province under its total
    SELECT 'row' AS kind, *, commune_code AS line_of, category = $total_category AS is_total
    FROM cell WHERE commune_code IS NOT NULL
    UNION ALL
    SELECT 'column', *, category, commune_code IS NULL FROM cell
), summed AS (
    SELECT kind, date, province_code, line_of,
        count(*) FILTER (WHERE is_total) AS totals,
        max(n) FILTER (WHERE is_total) AS total,
        count(*) FILTER (WHERE NOT is_total AND n IS NULL) AS hidden,
        coalesce(sum(n) FILTER (WHERE NOT is_total), 0) AS known,
        min(_at) FILTER (WHERE NOT is_total AND n IS NULL) AS _at
    FROM line GROUP BY kind, date, province_code, line_of
)
-- One hidden cell is the difference itself; several are known when each must be the least or the greatest possible.
SELECT _at, '/count' AS _pointer, kind AS _message, CAST(date AS VARCHAR) AS day, province_code,
    CASE WHEN kind = 'row' THEN line_of END AS commune_code, CASE WHEN kind = 'column' THEN line_of END AS category
FROM summed
WHERE totals = 1 AND (
    (hidden = 1 AND total - known BETWEEN 1 AND $small_cell_max)
    OR (hidden > 1 AND total - known IN (hidden, hidden * $small_cell_max)))
ORDER BY _at, _pointer, _message, category, commune_code, province_code
