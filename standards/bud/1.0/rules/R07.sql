-- 5.7 With a list loaded, index codes exist and belong to their parent; no district level once abolished.
WITH given AS (
    SELECT name AS list, CASE WHEN value LIKE '%/%' THEN split_part(value, '/', 1) END AS parent,
           CASE WHEN value LIKE '%/%' THEN split_part(value, '/', 2) ELSE value END AS code
    FROM sub.input WHERE name IN ('mlns-chuong', 'mlns-loai-khoan', 'mlns-muc-tieumuc')
), listed AS (
    SELECT list, parent, code, DATE '0001-01-01' AS valid_from, CAST(NULL AS DATE) AS valid_to FROM given
    UNION ALL
    SELECT list, NULL, parent, DATE '0001-01-01', NULL FROM given WHERE parent IS NOT NULL
    UNION ALL
    SELECT 'mlns-chuong', NULL, code, valid_from, valid_to FROM codelist.mlns_chuong WHERE example = 'false'
    UNION ALL
    SELECT 'mlns-loai-khoan', parent, code, valid_from, valid_to FROM codelist.mlns_loai_khoan WHERE example = 'false'
    UNION ALL
    SELECT 'mlns-muc-tieumuc', parent, code, valid_from, valid_to FROM codelist.mlns_muc_tieumuc
    WHERE example = 'false'
), loaded AS (
    SELECT DISTINCT list, valid_from, valid_to FROM listed
), used AS (
    SELECT _at, snapshot_date, 'mlns-chuong' AS list, '/chuong' AS _pointer, chuong AS code, false AS child,
           CAST(NULL AS VARCHAR) AS parent FROM bud.line
    UNION ALL
    SELECT _at, snapshot_date, 'mlns-loai-khoan', '/loai', loai, false, NULL FROM bud.line
    UNION ALL
    SELECT _at, snapshot_date, 'mlns-loai-khoan', '/khoan', khoan, true, loai FROM bud.line
    UNION ALL
    SELECT _at, snapshot_date, 'mlns-muc-tieumuc', '/muc', muc, false, NULL FROM bud.line
    UNION ALL
    SELECT _at, snapshot_date, 'mlns-muc-tieumuc', '/tieu_muc', tieu_muc, true, muc FROM bud.line
), codes AS (
    SELECT DISTINCT u.snapshot_date, u.list, u.code, u.child, u.parent
    FROM used u JOIN loaded d
      ON d.list = u.list AND d.valid_from <= u.snapshot_date AND (d.valid_to IS NULL OR d.valid_to > u.snapshot_date)
    WHERE u.code IS NOT NULL AND $mlns_lists = 1
), judged AS (
    SELECT c.snapshot_date, c.list, c.code, c.child, c.parent, min(l.parent) AS expected, count(l.code) AS known,
           count(CASE WHEN l.parent = c.parent THEN 1 END) AS belongs
    FROM codes c LEFT JOIN listed l
      ON l.list = c.list AND l.code = c.code AND (l.parent IS NOT NULL) = c.child
     AND l.valid_from <= c.snapshot_date AND (l.valid_to IS NULL OR l.valid_to > c.snapshot_date)
    GROUP BY c.snapshot_date, c.list, c.code, c.child, c.parent
)
SELECT u._at, u._pointer, CASE WHEN j.known = 0 THEN 'default' ELSE 'wrong_parent' END AS _message, u.list, u.code,
       j.expected, CASE WHEN j.known = 0 THEN u.code ELSE u.parent END AS found
FROM used u JOIN judged j
  ON j.snapshot_date = u.snapshot_date AND j.list = u.list AND j.code = u.code AND j.child = u.child
 AND j.parent IS NOT DISTINCT FROM u.parent
WHERE j.known = 0 OR (u.parent IS NOT NULL AND j.belongs = 0)
UNION ALL
SELECT s._at, '/levels/HUYEN', 'no_district', 'budget-level', 'HUYEN', NULL, CAST(s.snapshot_date AS VARCHAR)
FROM bud.snapshot s
WHERE s.levels_HUYEN_revenue_ytd IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM codelist.budget_level c WHERE c.code = 'HUYEN' AND c.valid_from <= s.snapshot_date
                  AND (c.valid_to IS NULL OR c.valid_to > s.snapshot_date))
ORDER BY _at, _pointer, _message, found, expected, code, list
