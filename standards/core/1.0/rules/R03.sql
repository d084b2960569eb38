-- 5.3: each data file but XML has an envelope of its own profile whose checksum recomputes.
WITH seen AS (
    SELECT f.file, f.standard, f.format, f.records, e.file AS enveloped, e.stated_standard, e.checksum_stated,
        e.checksum_computed, coalesce(e.sidecar, f.file) AS place
    FROM sub.file f LEFT JOIN sub.envelope e ON e.file = f.file
    WHERE f.format <> 'xml'
)
SELECT place AS _file, NULL AS _pointer, 'no_envelope' AS _message, NULL AS expected, NULL AS found, file
FROM seen WHERE enveloped IS NULL AND (format <> 'json' OR records > 0)
UNION ALL
SELECT place, '/standard', 'other_standard', standard, stated_standard, file
FROM seen WHERE stated_standard <> standard
UNION ALL
SELECT place, '/checksum', 'default', checksum_computed, checksum_stated, file
FROM seen WHERE checksum_stated <> checksum_computed
ORDER BY _file, _pointer, _message, found, expected, file
