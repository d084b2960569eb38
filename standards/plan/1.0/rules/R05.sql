-- VSC-PLAN 5.5: a floor-area ratio that density and storeys cannot give (share $far_tolerance allowed).
WITH limited AS (
    SELECT *, round(max_building_density / 100 * max_storeys * (1 + $far_tolerance), 4) AS upper
    FROM plan.zone
)
SELECT _at, '/properties/max_far' AS _pointer, '≤ ' || CAST(upper AS VARCHAR) AS expected, max_far AS found,
       zone_id, max_building_density AS density, max_storeys AS storeys, upper AS "limit"
FROM limited
-- rounding keeps binary fractions of the product from refusing a ratio that is just at the limit
WHERE round(max_far, 4) > upper
ORDER BY _at, _pointer, found, expected
