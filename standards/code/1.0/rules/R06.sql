-- 5.6: no legacy agency code in data from $qd20_from on, and a code of the form of its scheme.
WITH used AS (
    SELECT _at, NULL AS _file, _pointer, value, on_date FROM role.org_code
    UNION ALL
    SELECT NULL, coalesce(sidecar, file), '/provider/org_code', org_code, CAST(generated_at AS DATE)
    FROM sub.envelope WHERE org_code IS NOT NULL
)
SELECT _at, _file, _pointer, 'default' AS _message, NULL AS expected, value AS found
FROM used
WHERE regexp_full_match(value, '[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2}')
    AND (on_date IS NULL OR on_date >= CAST($qd20_from AS DATE))
UNION ALL
SELECT _at, NULL, '/org_code', 'scheme', scheme, org_code
FROM code.agency
WHERE NOT regexp_full_match(org_code, '[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2}')
    AND NOT CASE scheme
        WHEN 'qd20-gov' THEN regexp_full_match(org_code, '[A-Y][0-9]{2}(\.[0-9A-Z]+)*')
        WHEN 'enterprise' THEN regexp_full_match(org_code, '[0-9]{10}([0-9]{3})?')
        ELSE regexp_full_match(org_code, 'Z[0-9]{2}[0-9A-Z]{1,32}') END
ORDER BY _at, _file, _pointer, _message, found, expected
