-- 5.10: two editions of the same data in different formats are equal record by record.
WITH pair AS (
    SELECT f.file, f.edition_of, o.file AS original
    FROM sub.file f LEFT JOIN sub.file o ON o.file = f.edition_of
    WHERE f.edition_of IS NOT NULL
), copy AS (
    SELECT p.file, p.original, r._at, r.key, r.content,
        row_number() OVER (PARTITION BY p.file, r.key ORDER BY r._at) AS nth
    FROM pair p JOIN sub.record r ON r.file = p.file WHERE p.original IS NOT NULL
), source AS (
    SELECT p.file, p.original, r._at, r.key, r.content,
        row_number() OVER (PARTITION BY p.file, r.key ORDER BY r._at) AS nth
    FROM pair p JOIN sub.record r ON r.file = p.original
), matched AS (
    SELECT c._at AS copy_at, s._at AS source_at, coalesce(c.key, s.key) AS key, c.content AS copy_content,
        s.content AS source_content, coalesce(c.file, s.file) AS copy_file, coalesce(c.original, s.original) AS source_file
    FROM copy c FULL OUTER JOIN source s ON s.file = c.file AND s.key = c.key AND s.nth = c.nth
)
SELECT NULL AS _at, file AS _file, 'no_original' AS _message, edition_of AS expected, NULL AS found, file,
    NULL AS key, NULL AS other
FROM pair WHERE original IS NULL
UNION ALL
SELECT coalesce(copy_at, source_at), NULL,
    CASE WHEN copy_at IS NULL OR source_at IS NULL THEN 'lacks' ELSE 'differs' END, NULL, NULL, NULL, key,
    CASE WHEN copy_at IS NULL THEN copy_file ELSE source_file END
FROM matched
WHERE copy_at IS NULL OR source_at IS NULL OR copy_content <> source_content
ORDER BY _at, _file, _message, found, expected, key, other, file
