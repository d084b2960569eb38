-- Clause 5.4: every info of a warning names its hazard; hazards of the decision state a risk level
-- inside their range (simultaneous hazards: up to two more, at most 5), and the severity agrees.
WITH info AS (
  SELECT a._at, a.sent, n.i, json_extract(a.info, '$[' || n.i || ']') AS info
  FROM alr.alert AS a
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(a.info) AS BIGINT))) AS n(i)
  WHERE a."msgType" IN ('Alert', 'Update')
),
said AS (
  SELECT _at, i, json_extract_string(e.item, '$.valueName') AS name,
         trim(json_extract_string(e.item, '$.value')) AS value
  FROM info
  CROSS JOIN UNNEST(list_concat(
    coalesce(CAST(json_extract(info, '$.eventCode') AS JSON[]), []),
    coalesce(CAST(json_extract(info, '$.parameter') AS JSON[]), []))) AS e(item)
),
hazard_in_force AS (
  SELECT i._at, i.i, h.code, h.hazard_group, h.scope
  FROM info AS i
  JOIN codelist.vn_hazard AS h
    ON CAST(i.sent AS DATE) >= h.valid_from AND (h.valid_to IS NULL OR CAST(i.sent AS DATE) < h.valid_to)
),
read AS (
  SELECT i._at, i.i, i.sent, json_extract_string(i.info, '$.severity') AS severity,
         min(s.value) FILTER (WHERE s.name = 'vn:hazard') AS hazard,
         min(s.value) FILTER (WHERE s.name = 'vn:risk_level') AS level_text,
         min(s.value) FILTER (WHERE s.name = 'vn:multi_hazard') AS others
  FROM info AS i
  LEFT JOIN said AS s ON s._at = i._at AND s.i = i.i
  GROUP BY ALL
),
named AS (
  SELECT r._at, r.i, r.hazard, o.code
  FROM read AS r
  CROSS JOIN UNNEST(string_split_regex(r.others, '[ \t\r\n]+')) AS o(code)
),
other AS (
  SELECT o._at, o.i, o.code, h.code IS NOT NULL AS known, o.code = o.hazard AS itself
  FROM named AS o
  LEFT JOIN hazard_in_force AS h ON h._at = o._at AND h.i = o.i AND h.code = o.code
),
ranged AS (
  SELECT r.*, h.code IS NOT NULL AS known, h.scope = 'law' AS lawful,
         CAST(g.min_level AS INTEGER) AS low, CAST(g.max_level AS INTEGER) AS high,
         CASE WHEN regexp_matches(r.level_text, '^[1-5]$') THEN CAST(r.level_text AS INTEGER) END AS level,
         EXISTS (SELECT 1 FROM other AS o WHERE o._at = r._at AND o.i = r.i AND o.known AND NOT o.itself)
           AS several
  FROM read AS r
  LEFT JOIN hazard_in_force AS h ON h._at = r._at AND h.i = r.i AND h.code = r.hazard
  LEFT JOIN codelist.vn_hazard_risk_range AS g
    ON g.hazard_group = h.hazard_group
   AND CAST(r.sent AS DATE) >= g.valid_from AND (g.valid_to IS NULL OR CAST(r.sent AS DATE) < g.valid_to)
),
bounded AS (
  SELECT *, CASE WHEN several THEN least(5, high + 2) ELSE high END AS top FROM ranged
),
severity AS (
  SELECT * FROM (VALUES (5, 'Extreme'), (4, 'Extreme'), (4, 'Severe'), (3, 'Severe'), (2, 'Moderate'),
                        (1, 'Minor')) AS s(level, word)
)
SELECT _at, '/info/' || i || '/eventCode' AS _pointer,
       CASE WHEN hazard IS NULL THEN 'no_hazard' ELSE 'unknown_hazard' END AS _message,
       'vn:hazard' AS expected, hazard AS found, hazard
FROM bounded WHERE NOT known
UNION ALL
SELECT _at, '/info/' || i || '/parameter', 'unknown_other', 'vn:hazard', code, code FROM other WHERE NOT known
UNION ALL
SELECT _at, '/info/' || i || '/parameter',
       CASE WHEN level_text IS NULL THEN 'no_level'
            WHEN level IS NULL THEN 'bad_level' ELSE 'out_of_range' END,
       CASE WHEN low IS NULL OR (level_text IS NOT NULL AND level IS NULL) THEN '1–5'
            ELSE low || '–' || top END,
       level_text, hazard
FROM bounded
WHERE (level_text IS NULL AND lawful)
   OR (level_text IS NOT NULL AND level IS NULL)
   OR level < low OR level > top
UNION ALL
SELECT b._at, '/info/' || b.i || '/severity', 'severity',
       (SELECT string_agg(s.word, ' | ' ORDER BY s.word) FROM severity AS s WHERE s.level = b.level),
       b.severity, b.hazard
FROM bounded AS b
WHERE b.level IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM severity AS s WHERE s.level = b.level AND s.word = b.severity)
ORDER BY _at, _pointer, _message, found, expected, hazard
