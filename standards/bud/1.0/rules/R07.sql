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
), judged AS (
    SELECT u._at, u._pointer, u.list, u.code, u.parent,
           count(l.code) AS loaded,
           count(CASE WHEN l.code = u.code AND (l.parent IS NOT NULL) = u.child THEN 1 END) AS known,
           count(CASE WHEN l.code = u.code AND l.parent = u.parent THEN 1 END) AS belongs,
           min(CASE WHEN l.code = u.code THEN l.parent END) AS expected
    FROM used u LEFT JOIN listed l
      ON l.list = u.list AND l.valid_from <= u.snapshot_date AND (l.valid_to IS NULL OR l.valid_to > u.snapshot_date)
    WHERE u.code IS NOT NULL AND $mlns_lists = 1
    GROUP BY u._at, u._pointer, u.list, u.code, u.parent
)
SELECT _at, _pointer, 'not_listed' AS _message, list, code, NULL AS expected, code AS found
FROM judged WHERE loaded > 0 AND known = 0
UNION ALL
SELECT _at, _pointer, 'wrong_parent', list, code, expected, parent
FROM judged WHERE known > 0 AND parent IS NOT NULL AND belongs = 0
UNION ALL
SELECT s._at, '/levels/HUYEN', 'no_district', 'budget-level', 'HUYEN', NULL, CAST(s.snapshot_date AS VARCHAR)
FROM bud.snapshot s
WHERE s.levels_HUYEN_revenue_ytd IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM codelist.budget_level c WHERE c.code = 'HUYEN' AND c.valid_from <= s.snapshot_date
                  AND (c.valid_to IS NULL OR c.valid_to > s.snapshot_date))
ORDER BY 1, 2
