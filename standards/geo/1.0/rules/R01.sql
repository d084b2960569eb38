-- VSC-GEO 5.1: every published geometry states its reference system, which is WGS 84 as lon, lat.
SELECT _at, '/properties/crs' AS _pointer,
       CASE WHEN crs IS NULL THEN 'default' ELSE 'crs_other' END AS _message,
       'OGC:CRS84' AS expected, crs AS found
FROM geo.layer_feature
WHERE crs IS NULL
   OR crs NOT IN ('OGC:CRS84', 'http://www.opengis.net/def/crs/OGC/1.3/CRS84', 'urn:ogc:def:crs:OGC:1.3:CRS84')
ORDER BY _at, _pointer, _message, found, expected
