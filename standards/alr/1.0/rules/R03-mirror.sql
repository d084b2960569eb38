-- Clause 5.3 for the JSON mirror: what schematron/R03.sch asserts of the XML, in the same words.
WITH warning AS (
  SELECT a._at, a.code, a.info
  FROM alr.alert AS a
  JOIN sub.record AS r ON r._at = a._at AND r.dataset = 'alert'
  JOIN sub.file AS f ON f.file = r.file
  WHERE a."msgType" IN ('Alert', 'Update') AND f.format <> 'xml'
),
info AS (
  SELECT w._at, n.i, json_extract(w.info, '$[' || n.i || ']') AS info
  FROM warning AS w
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(w.info) AS BIGINT))) AS n(i)
),
read AS (
  SELECT _at, i, json_extract_string(info, '$.language') AS language, info FROM info
),
part AS (
  SELECT r._at, r.i, p.name, trim(coalesce(json_extract_string(r.info, '$.' || p.name), '')) AS said
  FROM read AS r
  CROSS JOIN (VALUES ('event'), ('headline'), ('description'), ('instruction')) AS p(name)
  WHERE r.language = 'vi-VN'
)
SELECT _at, '/code' AS _pointer, 'no_code' AS _message, 'vn-vsc:1.0' AS expected,
       array_to_string(code, ' ') AS found
FROM warning WHERE NOT coalesce(list_contains(code, 'vn-vsc:1.0'), false)
UNION ALL
SELECT w._at, '/info', 'no_vi_info', 'vi-VN',
       (SELECT string_agg(coalesce(r.language, 'en-US'), ' ' ORDER BY r.i) FROM read AS r WHERE r._at = w._at)
FROM warning AS w
WHERE NOT EXISTS (SELECT 1 FROM read AS r WHERE r._at = w._at AND r.language = 'vi-VN')
UNION ALL
SELECT _at, '/info/' || i || '/language', 'language', 'vi-VN | en-US', language
FROM read WHERE coalesce(language, 'en-US') NOT IN ('vi-VN', 'en-US')
UNION ALL
SELECT _at, '/info/' || i || '/' || name, 'no_' || name, NULL, NULL FROM part WHERE said = ''
ORDER BY _at, _pointer, _message, found, expected
