-- 5.7: the prefix parent of every agency code is in the submitted agency list or in the locality's reference list.
WITH used AS (
    SELECT _at, NULL AS _file, _pointer, standard, dataset, value FROM role.org_code
    UNION ALL
    SELECT NULL, coalesce(sidecar, file), '/provider/org_code', standard, dataset, org_code FROM sub.envelope
), child AS (  -- each code once per dataset, where it first occurs
    SELECT *, regexp_replace(value, '\.[^.]+$', '') AS parent,
        row_number() OVER (PARTITION BY standard, dataset, value ORDER BY _at, _file, _pointer) AS nth
    FROM used WHERE regexp_full_match(value, '[A-Y][0-9]{2}(\.[0-9A-Z]+)+')
), known AS (
    SELECT org_code AS code FROM code.agency
    UNION
    SELECT value FROM sub.input WHERE name = 'agency-reference'
)
SELECT c._at, c._file, c._pointer, 'default' AS _message, c.parent AS expected, c.value AS found, NULL AS org_code
FROM child c
WHERE c.nth = 1 AND NOT EXISTS (SELECT 1 FROM known k WHERE k.code = c.parent)
UNION ALL
SELECT _at, NULL, '/parent_code', 'parent_code', regexp_replace(org_code, '\.[^.]+$', ''), parent_code, org_code
FROM code.agency
WHERE scheme = 'qd20-gov' AND contains(org_code, '.') AND parent_code <> regexp_replace(org_code, '\.[^.]+$', '')
ORDER BY _at, _file, _pointer, _message, found, expected, org_code
