-- 5.10: a CSV file has a descriptor whose fields are columns of the schema with the schema's types.
WITH described AS (
    SELECT d.*, c.name AS column_name, c.type AS expected
    FROM sub.descriptor d
    LEFT JOIN run.dataset_column c ON c.standard = d.standard AND c.dataset = d.dataset
        AND c.name = replace(d.name, '.', '_')
)
SELECT f.file AS _file, NULL AS _pointer, 'no_descriptor' AS _message, NULL AS expected, NULL AS found, f.file, NULL AS name
FROM sub.file f
WHERE f.format = 'csv' AND NOT EXISTS (SELECT 1 FROM sub.descriptor d WHERE d.file = f.file)
UNION ALL
SELECT descriptor, '/schema/fields/' || position || '/name', 'unknown_field', NULL, name, file, name
FROM described WHERE column_name IS NULL
UNION ALL
SELECT descriptor, '/schema/fields/' || position || '/type', 'default', expected, type, file, name
FROM described
WHERE type <> expected
    -- arrays and objects kept as JSON text are text columns, and "list" is another word for an array of values
    AND NOT (expected = 'string' AND type IN ('array', 'object', 'list', 'geojson', 'any'))
    AND NOT (expected = 'array' AND type = 'list')
ORDER BY _file, _pointer, _message, found, expected, file, name
