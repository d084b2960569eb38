-- Clause 5.6: a bulletin under a timetable promises the next slot of QĐ 18/2021, and what was
-- promised is kept: a further message of the same sender and hazard, or a Cancel before.
-- Promises beyond the newest message handed in are not judged.
WITH info AS (
  SELECT a._at, a.identifier, a.sender, a.sent, n.i, json_extract(a.info, '$[' || n.i || ']') AS info
  FROM alr.alert AS a
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(a.info) AS BIGINT))) AS n(i)
  WHERE a."msgType" IN ('Alert', 'Update') AND a.status = 'Actual'
),
said AS (
  SELECT _at, i, json_extract_string(e.item, '$.valueName') AS name,
         trim(json_extract_string(e.item, '$.value')) AS value
  FROM info
  CROSS JOIN UNNEST(list_concat(
    coalesce(CAST(json_extract(info, '$.eventCode') AS JSON[]), []),
    coalesce(CAST(json_extract(info, '$.parameter') AS JSON[]), []))) AS e(item)
),
read AS (
  SELECT i._at, i.i, i.identifier, i.sender, i.sent,
         min(s.value) FILTER (WHERE s.name = 'vn:hazard') AS hazard,
         min(s.value) FILTER (WHERE s.name = 'vn:bulletin_type') AS bulletin,
         min(s.value) FILTER (WHERE s.name = 'vn:next_issue') AS next_text
  FROM info AS i
  JOIN said AS s ON s._at = i._at AND s.i = i.i
  GROUP BY ALL
),
promise AS (
  SELECT *, CASE WHEN regexp_full_match(next_text, '[0-9-]{10}T[0-9:]{8}\+07:00')
                 THEN TRY_CAST(left(next_text, 19) AS TIMESTAMP) END AS next_issue
  FROM read
  QUALIFY row_number() OVER (PARTITION BY _at, hazard ORDER BY i) = 1
),
slot AS (
  SELECT * FROM (VALUES
    ('bao_gan_bien_dong', ['02:00', '08:00', '14:00', '20:00']),
    ('bao_khan_cap', ['02:00', '05:00', '08:00', '11:00', '14:00', '17:00', '20:00', '23:00']),
    ('mua_lon', ['03:30', '09:00', '15:30', '21:00']),
    ('canh_bao_lu', ['09:00', '15:30']),
    ('lu', ['09:00', '15:30', '21:00']),
    ('lu_khan_cap', ['03:30', '09:00', '15:30', '21:00']),
    ('nang_nong', ['08:00', '14:00', '20:00'])) AS s(bulletin, times)
),
time_of_day AS (
  SELECT s.bulletin, n.day, t.clock
  FROM slot AS s
  CROSS JOIN (VALUES (0), (1)) AS n(day)
  CROSS JOIN UNNEST(s.times) AS t(clock)
),
coming AS (
  SELECT p._at, p.i, p.sent,
         CAST(CAST(CAST(p.sent AS DATE) + t.day AS VARCHAR) || ' ' || t.clock || ':00' AS TIMESTAMP) AS slot
  FROM promise AS p
  JOIN time_of_day AS t ON t.bulletin = p.bulletin
),
due AS (
  SELECT _at, i, min(slot) AS next_slot
  FROM coming
  WHERE slot > sent + to_minutes($slot_tolerance_minutes)
  GROUP BY _at, i
),
newest AS (SELECT max(sent) AS sent FROM alr.alert WHERE status = 'Actual'),
follower AS (
  SELECT p._at, p.i,
         bool_or(abs(date_diff('second', p.next_issue, f.sent)) <= 60 * $slot_tolerance_minutes) AS kept,
         bool_or(f.sent <= p.sent + INTERVAL 24 HOUR) AS goes_on
  FROM promise AS p
  JOIN promise AS f ON f.sender = p.sender AND f.hazard = p.hazard AND f.sent > p.sent
  GROUP BY ALL
),
ended AS (
  SELECT DISTINCT p._at, p.i
  FROM promise AS p
  JOIN alr.alert AS c ON c.sender = p.sender AND c."msgType" = 'Cancel' AND c.sent > p.sent
   AND contains(c."references", ',' || p.identifier || ',')
   AND (p.next_issue IS NULL OR c.sent <= p.next_issue + to_minutes($slot_tolerance_minutes))
),
judged AS (
  SELECT p.*, d.next_slot,
         CASE WHEN p.bulletin IS NOT NULL AND s.bulletin IS NULL THEN 'unknown_bulletin_type'
              WHEN p.next_text IS NOT NULL AND p.next_issue IS NULL THEN 'bad_next_issue'
              WHEN p.bulletin IS NOT NULL AND p.next_text IS NULL AND f.goes_on THEN 'no_next_issue'
              WHEN abs(date_diff('second', p.next_issue, d.next_slot)) > 60 * $slot_tolerance_minutes
              THEN 'wrong_slot'
              WHEN NOT coalesce(f.kept, false) AND e._at IS NULL
               AND p.next_issue + to_minutes($slot_tolerance_minutes) <= (SELECT sent FROM newest)
              THEN 'not_kept' END AS fault
  FROM promise AS p
  LEFT JOIN slot AS s ON s.bulletin = p.bulletin
  LEFT JOIN due AS d ON d._at = p._at AND d.i = p.i
  LEFT JOIN follower AS f ON f._at = p._at AND f.i = p.i
  LEFT JOIN ended AS e ON e._at = p._at AND e.i = p.i
)
SELECT _at, '/info/' || i || '/parameter' AS _pointer, fault AS _message,
       CASE fault WHEN 'bad_next_issue' THEN 'YYYY-MM-DDThh:mm:ss+07:00'
                  WHEN 'not_kept' THEN next_text
                  WHEN 'unknown_bulletin_type' THEN NULL
                  ELSE strftime(next_slot, '%Y-%m-%dT%H:%M:%S+07:00') END AS expected,
       CASE fault WHEN 'unknown_bulletin_type' THEN bulletin
                  WHEN 'not_kept' THEN NULL ELSE next_text END AS found,
       bulletin, hazard
FROM judged WHERE fault IS NOT NULL
ORDER BY _at, _pointer, _message, found, expected, hazard, bulletin
