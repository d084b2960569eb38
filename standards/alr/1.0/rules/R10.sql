-- Clause 5.10: an alert that names the bulletin of the competent agency it passes on keeps that
-- bulletin's hazard, risk level and area (of the codes, those inside the submission's provinces).
WITH message AS (
  SELECT 'alert' AS home, _at, sender, identifier, sent, info FROM alr.alert
  WHERE "msgType" IN ('Alert', 'Update')
  UNION ALL
  SELECT 'bulletin', _at, sender, identifier, sent, info FROM alr.bulletin
),
info AS (
  SELECT m.home, m._at, m.sender, m.identifier, m.sent, n.i, json_extract(m.info, '$[' || n.i || ']') AS info
  FROM message AS m
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(m.info) AS BIGINT))) AS n(i)
  WHERE json_extract_string(m.info, '$[' || n.i || '].language') = 'vi-VN'
  QUALIFY row_number() OVER (PARTITION BY m.home, m._at ORDER BY n.i) = 1
),
said AS (
  SELECT home, _at, json_extract_string(e.item, '$.valueName') AS name,
         trim(json_extract_string(e.item, '$.value')) AS value
  FROM info
  CROSS JOIN UNNEST(list_concat(
    coalesce(CAST(json_extract(info, '$.eventCode') AS JSON[]), []),
    coalesce(CAST(json_extract(info, '$.parameter') AS JSON[]), []))) AS e(item)
),
ground AS (
  SELECT i.home, i._at, a.area
  FROM info AS i
  CROSS JOIN UNNEST(CAST(json_extract(i.info, '$.area') AS JSON[])) AS a(area)
),
place AS (
  SELECT a.home, a._at, 'code' AS kind, trim(json_extract_string(g.item, '$.value')) AS value
  FROM ground AS a
  CROSS JOIN UNNEST(CAST(json_extract(a.area, '$.geocode') AS JSON[])) AS g(item)
  WHERE json_extract_string(g.item, '$.valueName') = 'VN-ADM'
  UNION
  SELECT a.home, a._at, 'polygon',
         regexp_replace(trim(json_extract_string(a.area, '$.polygon[' || n.k || ']')), '[ \t\r\n]+', ' ', 'g')
  FROM ground AS a
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(a.area, '$.polygon') AS BIGINT))) AS n(k)
),
served AS (
  SELECT province_code AS code FROM sub.locality
  UNION
  SELECT c.code FROM sub.locality AS l JOIN codelist.vn_commune AS c ON c.province_code = l.province_code
),
own AS (
  SELECT p.* FROM place AS p
  WHERE p.kind = 'polygon' OR p.home = 'alert' OR p.value IN (SELECT code FROM served WHERE code IS NOT NULL)
),
area AS (
  -- A province stands for all its communes, so that both ways to write one area are equal.
  SELECT i.home, i._at, coalesce(string_agg(DISTINCT o.value, ' ' ORDER BY o.value), '') AS area,
         coalesce(string_agg(DISTINCT coalesce(c.code, o.value), ' ' ORDER BY coalesce(c.code, o.value)), '')
           AS extent
  FROM info AS i
  LEFT JOIN own AS o ON o.home = i.home AND o._at = i._at
  LEFT JOIN codelist.vn_commune AS c
    ON o.kind = 'code' AND c.province_code = o.value AND CAST(i.sent AS DATE) >= c.valid_from
   AND (c.valid_to IS NULL OR CAST(i.sent AS DATE) < c.valid_to)
  GROUP BY i.home, i._at
),
read AS (
  SELECT i.home, i._at, i.i, i.sender, i.identifier, a.area, a.extent,
         min(s.value) FILTER (WHERE s.name = 'vn:hazard') AS hazard,
         min(s.value) FILTER (WHERE s.name = 'vn:risk_level') AS level,
         min(s.value) FILTER (WHERE s.name = 'vn:source_bulletin') AS source
  FROM info AS i
  JOIN area AS a ON a.home = i.home AND a._at = i._at
  LEFT JOIN said AS s ON s.home = i.home AND s._at = i._at
  GROUP BY ALL
),
passed_on AS (
  SELECT a._at, a.i, a.source, a.hazard, a.level, a.area, a.extent, b._at AS bulletin_at,
         b.hazard AS true_hazard, b.level AS true_level, b.area AS true_area, b.extent AS true_extent
  FROM read AS a
  LEFT JOIN read AS b ON b.home = 'bulletin' AND b.sender = split_part(a.source, ',', 1)
   AND b.identifier = split_part(a.source, ',', 2)
  WHERE a.home = 'alert' AND a.source IS NOT NULL
),
compared AS (
  SELECT _at, i, source, 'unknown_bulletin' AS message, 'parameter' AS place, NULL AS expected, source AS found
  FROM passed_on WHERE bulletin_at IS NULL
  UNION ALL
  SELECT _at, i, source, 'hazard', 'eventCode', true_hazard, hazard
  FROM passed_on WHERE bulletin_at IS NOT NULL AND hazard IS DISTINCT FROM true_hazard
  UNION ALL
  SELECT _at, i, source, 'level', 'parameter', true_level, level
  FROM passed_on WHERE bulletin_at IS NOT NULL AND level IS DISTINCT FROM true_level
  UNION ALL
  SELECT _at, i, source, 'area', 'area', true_area, area
  FROM passed_on WHERE bulletin_at IS NOT NULL AND extent <> true_extent
)
SELECT _at, '/info/' || i || '/' || place AS _pointer, message AS _message, expected, found, source
FROM compared
ORDER BY _at, _pointer, _message, found, expected, source
