-- Clause 5.5: every info of a warning says where: areas with VN-ADM codes in force when it was sent,
-- or with a polygon.
WITH info AS (
  SELECT a._at, a.sent, n.i, json_extract(a.info, '$[' || n.i || '].area') AS areas
  FROM alr.alert AS a
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(a.info) AS BIGINT))) AS n(i)
  WHERE a."msgType" IN ('Alert', 'Update')
),
area AS (
  SELECT i._at, i.sent, i.i, n.j, json_extract(i.areas, '$[' || n.j || ']') AS area
  FROM info AS i
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(i.areas) AS BIGINT))) AS n(j)
),
code AS (
  SELECT a._at, a.sent, a.i, a.j, n.k,
         trim(json_extract_string(a.area, '$.geocode[' || n.k || '].value')) AS value
  FROM area AS a
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(a.area, '$.geocode') AS BIGINT))) AS n(k)
  WHERE json_extract_string(a.area, '$.geocode[' || n.k || '].valueName') = 'VN-ADM'
),
unit AS (
  SELECT code, valid_from, valid_to FROM codelist.vn_commune
  UNION ALL
  SELECT code, valid_from, valid_to FROM codelist.vn_province
)
SELECT _at, '/info/' || i || '/area' AS _pointer, 'no_area' AS _message, NULL AS expected, NULL AS found,
       NULL AS area_code
FROM info WHERE coalesce(json_array_length(areas), 0) = 0
UNION ALL
SELECT a._at, '/info/' || a.i || '/area/' || a.j, 'no_place', 'VN-ADM | polygon', NULL, NULL
FROM area AS a
WHERE coalesce(json_array_length(a.area, '$.polygon'), 0) = 0
  AND NOT EXISTS (SELECT 1 FROM code AS c WHERE c._at = a._at AND c.i = a.i AND c.j = a.j)
UNION ALL
SELECT c._at, '/info/' || c.i || '/area/' || c.j || '/geocode/' || c.k || '/value', 'unknown_code',
       NULL, c.value, c.value
FROM code AS c
WHERE NOT EXISTS (
  SELECT 1 FROM unit AS u
  WHERE u.code = c.value AND CAST(c.sent AS DATE) >= u.valid_from
    AND (u.valid_to IS NULL OR CAST(c.sent AS DATE) < u.valid_to))
ORDER BY _at, _pointer, _message, found, expected, area_code
