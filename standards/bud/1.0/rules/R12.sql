-- 5.12 No line of the items and units that the locality excludes, unless the file is restricted.
WITH disclosed AS (
    SELECT r._at, coalesce(e.disclosure, 'public') AS disclosure
    FROM sub.record r LEFT JOIN sub.envelope e ON e.file = r.file
    WHERE r.standard = 'VSC-BUD' AND r.dataset = 'line'
), excluded AS (
    SELECT l._at, '/khoan' AS _pointer, 'default' AS _message, l.khoan AS found
    FROM bud.line l WHERE l.khoan IN (SELECT value FROM sub.input WHERE name = 'secret-khoan')
    UNION ALL
    SELECT l._at, '/org_code', 'org', l.org_code
    FROM bud.line l
    WHERE EXISTS (SELECT 1 FROM sub.input i WHERE i.name = 'secret-org'
                  AND (l.org_code = i.value OR starts_with(l.org_code, i.value || '.')))
)
SELECT x._at, x._pointer, x._message, d.disclosure, x.found
FROM excluded x JOIN disclosed d ON d._at = x._at
WHERE d.disclosure <> 'restricted'
UNION ALL
SELECT min(d._at), NULL, 'no_list', 'public', NULL
FROM disclosed d
WHERE d.disclosure = 'public'
  AND EXISTS (SELECT 1 FROM sub.answer a WHERE a.requirement = 'VSC-BUD-R12' AND a.answer = 'list')
  AND NOT EXISTS (SELECT 1 FROM sub.input i WHERE i.name IN ('secret-khoan', 'secret-org'))
HAVING count(*) > 0
ORDER BY _at, _pointer, _message, found
