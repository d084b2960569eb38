-- 5.5: a UN/CEFACT Rec 20 code beside a unit is the one that list vsc-unit gives for that unit.
SELECT r._at, '/quantity/unit_rec20' AS _pointer, u.rec20 AS expected, r.quantity_unit_rec20 AS found,
    r.quantity_unit AS unit
FROM core.reading r
JOIN codelist.vsc_unit u ON u.code = r.quantity_unit
WHERE u.rec20 IS NOT NULL AND r.quantity_unit_rec20 <> u.rec20
ORDER BY r._at, _pointer, found, expected
