-- VSC-PLAN 5.3: every published geometry states its reference system, which is WGS 84 as lon, lat.
WITH published AS (
    SELECT _at, crs FROM plan.plan
    UNION ALL SELECT _at, crs FROM plan.zone
    UNION ALL SELECT _at, crs FROM plan.infra_link WHERE geometry IS NOT NULL
)
SELECT _at, '/properties/crs' AS _pointer,
       CASE WHEN crs IS NULL THEN 'default' ELSE 'crs_other' END AS _message,
       'OGC:CRS84' AS expected, crs AS found
FROM published
WHERE crs IS NULL
   OR crs NOT IN ('OGC:CRS84', 'http://www.opengis.net/def/crs/OGC/1.3/CRS84', 'urn:ogc:def:crs:OGC:1.3:CRS84')
ORDER BY _at, _pointer, _message, found, expected
