-- 5.8: the tenth digit of an enterprise code is 10 minus the weighted sum of the first nine modulo 11.
WITH used AS (
    SELECT _at, NULL AS _file, _pointer, value FROM role.tax_code
    UNION ALL
    SELECT _at, NULL, _pointer, value FROM role.org_code
    UNION ALL
    SELECT NULL, coalesce(sidecar, file), '/provider/org_code', org_code FROM sub.envelope
), digits AS (
    SELECT *, CAST(substr(value, 10, 1) AS INTEGER) AS digit,
        31 * CAST(substr(value, 1, 1) AS INTEGER) + 29 * CAST(substr(value, 2, 1) AS INTEGER)
        + 23 * CAST(substr(value, 3, 1) AS INTEGER) + 19 * CAST(substr(value, 4, 1) AS INTEGER)
        + 17 * CAST(substr(value, 5, 1) AS INTEGER) + 13 * CAST(substr(value, 6, 1) AS INTEGER)
        + 7 * CAST(substr(value, 7, 1) AS INTEGER) + 5 * CAST(substr(value, 8, 1) AS INTEGER)
        + 3 * CAST(substr(value, 9, 1) AS INTEGER) AS weighted
    FROM used WHERE regexp_full_match(value, '[0-9]{10}([0-9]{3})?')
)
SELECT _at, _file, _pointer, 10 - weighted % 11 AS expected, value AS found, digit
FROM digits WHERE digit <> 10 - weighted % 11
ORDER BY _at, _file, _pointer, found, expected
