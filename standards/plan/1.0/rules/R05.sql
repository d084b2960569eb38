-- VSC-PLAN 5.5: a floor-area ratio that density and storeys cannot give (share $far_tolerance allowed).
SELECT _at, '/properties/max_far' AS _pointer, zone_id,
       '≤ ' || CAST(round(max_building_density / 100 * max_storeys * (1 + $far_tolerance), 4) AS VARCHAR) AS expected,
       max_far AS found, max_building_density AS density, max_storeys AS storeys
FROM plan.zone
-- the last term keeps binary rounding of the product from refusing the exact limit
WHERE max_far > max_building_density / 100 * max_storeys * (1 + $far_tolerance) + 1e-9
ORDER BY _at
