-- 5.10 The dimensions of the daily Treasury report are present on every line.
SELECT _at, '/economic_area' AS _pointer, 'default' AS _message, 'economic_area' AS dimension, snapshot_date
FROM bud.line WHERE side = 'thu' AND economic_area IS NULL
UNION ALL
SELECT _at, '/revenue_item', 'default', 'revenue_item', snapshot_date
FROM bud.line WHERE side = 'thu' AND revenue_item IS NULL AND muc IS NULL AND tieu_muc IS NULL
UNION ALL
SELECT _at, '/territory_code', 'default', 'territory_code', snapshot_date
FROM bud.line WHERE side = 'thu' AND territory_code IS NULL
UNION ALL
SELECT _at, '/field', 'expenditure', 'field', snapshot_date
FROM bud.line WHERE side = 'chi' AND field IS NULL
UNION ALL
SELECT _at, '/org_code', 'expenditure', 'org_code', snapshot_date
FROM bud.line WHERE side = 'chi' AND org_code IS NULL
ORDER BY _at, _pointer, _message, dimension
