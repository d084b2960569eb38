-- 5.8 The commune level in a province's snapshot equals the sum of its communes' own snapshots of that day.
WITH figures AS (
    SELECT _at, area_code, snapshot_date, member, amount
    FROM bud.snapshot UNPIVOT (amount FOR member IN (
        levels_XA_revenue_day, levels_XA_revenue_mtd, levels_XA_revenue_ytd, levels_XA_expenditure_day,
        levels_XA_expenditure_mtd, levels_XA_expenditure_ytd))
), sums AS (
    SELECT c.province_code, f.snapshot_date, f.member, sum(f.amount) AS amount, count(*) AS communes
    FROM figures f JOIN codelist.vn_commune c
      ON c.code = f.area_code AND c.valid_from <= f.snapshot_date
     AND (c.valid_to IS NULL OR c.valid_to > f.snapshot_date)
    GROUP BY c.province_code, f.snapshot_date, f.member
)
SELECT p._at, replace(p.member, 'levels_XA_', '/levels/XA/') AS _pointer,
       CASE WHEN s.communes IS NULL THEN 'no_communes' ELSE 'default' END AS _message,
       p.area_code, p.snapshot_date, coalesce(s.communes, 0) AS communes, s.amount AS expected, p.amount AS found
FROM figures p LEFT JOIN sums s
  ON s.province_code = p.area_code AND s.snapshot_date = p.snapshot_date AND s.member = p.member
WHERE length(p.area_code) = 2 AND p.amount <> coalesce(s.amount, 0)
QUALIFY s.communes IS NOT NULL OR row_number() OVER (PARTITION BY p._at ORDER BY p.member DESC) = 1
ORDER BY _at, _pointer, _message, found, expected, area_code
