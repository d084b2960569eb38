-- 5.8 The commune level in a province's snapshot equals the sum of its communes' own snapshots of that day.
WITH figures AS (
    SELECT _at, area_code, snapshot_date, member, amount
    FROM bud.snapshot UNPIVOT (amount FOR member IN (
        levels_XA_revenue_day, levels_XA_revenue_mtd, levels_XA_revenue_ytd, levels_XA_expenditure_day,
        levels_XA_expenditure_mtd, levels_XA_expenditure_ytd))
), sums AS (
    SELECT c.province_code, f.snapshot_date, f.member, sum(CAST(f.amount AS HUGEINT)) AS amount, count(*) AS communes
    FROM figures f JOIN codelist.vn_commune c
      ON c.code = f.area_code AND c.valid_from <= f.snapshot_date
     AND (c.valid_to IS NULL OR c.valid_to > f.snapshot_date)
    GROUP BY c.province_code, f.snapshot_date, f.member
), differing AS (
    SELECT p._at, p.member, p.area_code, p.snapshot_date, s.communes, s.amount AS expected, p.amount AS found,
           row_number() OVER (PARTITION BY p._at ORDER BY p.member DESC) AS nth
    FROM figures p LEFT JOIN sums s
      ON s.province_code = p.area_code AND s.snapshot_date = p.snapshot_date AND s.member = p.member
    WHERE length(p.area_code) = 2 AND p.amount <> coalesce(s.amount, 0)
)
SELECT _at, replace(member, 'levels_XA_', '/levels/XA/') AS _pointer,
       CASE WHEN communes IS NULL THEN 'no_communes' ELSE 'default' END AS _message,
       area_code, snapshot_date, coalesce(communes, 0) AS communes, expected, found
FROM differing WHERE communes IS NOT NULL OR nth = 1
ORDER BY _at, _pointer, _message, found, expected, area_code
