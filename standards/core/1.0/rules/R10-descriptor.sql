-- 5.10: a CSV file has a descriptor whose fields are columns of the schema with the schema's types.
WITH declared AS (
    SELECT table_schema AS code, table_name, column_name,
        CASE WHEN data_type LIKE '%[]' THEN 'array'
            WHEN data_type = 'BIGINT' THEN 'integer' WHEN data_type = 'DOUBLE' THEN 'number'
            WHEN data_type = 'BOOLEAN' THEN 'boolean' WHEN data_type = 'DATE' THEN 'date'
            WHEN data_type LIKE 'TIMESTAMP%' THEN 'datetime' ELSE 'string' END AS type
    FROM information_schema.columns
), described AS (
    SELECT d.*, c.column_name, c.type AS expected
    FROM sub.descriptor d
    LEFT JOIN declared c ON c.code = lower(substr(d.standard, strpos(d.standard, '-') + 1))
        AND c.table_name = d.dataset || '_all' AND c.column_name = replace(d.name, '.', '_')
)
SELECT f.file AS _file, NULL AS _pointer, 'no_descriptor' AS _message, NULL AS expected, NULL AS found, f.file, NULL AS name
FROM sub.file f
WHERE f.format = 'csv' AND NOT EXISTS (SELECT 1 FROM sub.descriptor d WHERE d.file = f.file)
UNION ALL
SELECT descriptor, '/schema/fields/' || position || '/name', 'unknown_field', NULL, name, file, name
FROM described WHERE column_name IS NULL OR starts_with(column_name, '_')
UNION ALL
SELECT descriptor, '/schema/fields/' || position || '/type', 'default', expected, type, file, name
FROM described
WHERE NOT starts_with(column_name, '_') AND type <> expected
    -- arrays and objects kept as JSON text are text columns, and "list" is another word for an array of values
    AND NOT (expected = 'string' AND type IN ('array', 'object', 'list', 'geojson', 'any'))
    AND NOT (expected = 'array' AND type = 'list')
ORDER BY _file, _pointer, _message, found, expected, file, name
