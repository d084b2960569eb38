-- VSC-GEO 5.7: each layer that has features has a metadata record.
WITH used AS (
    SELECT layer, min(_at) AS _at, count(*) AS features
    FROM geo.layer_feature GROUP BY layer
)
SELECT _at, '/properties/layer' AS _pointer, 'default' AS _message, NULL AS expected, NULL AS found, layer, features
FROM used
WHERE layer NOT IN (SELECT layer FROM geo.layer_metadata_all WHERE layer IS NOT NULL)
ORDER BY _at, _pointer, layer
