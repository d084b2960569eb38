-- Clause 5.9: an entry of the public feed is a current alert: handed in, not expired, not cancelled
-- and not replaced by an Update when the feed was published (with a short grace).
WITH info AS (
  SELECT a._at, json_extract_string(a.info, '$[' || n.i || '].expires') AS expires
  FROM alr.alert AS a
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(a.info) AS BIGINT))) AS n(i)
),
lasting AS (
  SELECT _at, max(TRY_CAST(left(expires, 19) AS TIMESTAMP)) AS expires FROM info GROUP BY _at
),
message AS (
  SELECT a._at, a.sender, a.identifier, a.sent, a."msgType" AS kind, a."references" AS refs, l.expires
  FROM alr.alert AS a
  LEFT JOIN lasting AS l ON l._at = a._at
),
entry AS (
  SELECT f._at, f.feed_updated, f.sender, f.identifier, f.sent,
         f.feed_updated - to_minutes($feed_grace_minutes) AS moment
  FROM alr.feed AS f
),
later AS (
  SELECT e._at, min(m.kind) AS kind, min(m.identifier) AS identifier
  FROM entry AS e
  JOIN message AS m ON m.sender = e.sender AND m.kind IN ('Update', 'Cancel')
   AND m.sent > e.sent AND m.sent <= e.moment
   AND contains(m.refs, ',' || e.identifier || ',')
  GROUP BY ALL
),
known AS (SELECT DISTINCT sender, identifier FROM alr.alert_all),
judged AS (
  SELECT e._at, e.identifier, e.feed_updated, m.expires, l.identifier AS successor,
         CASE WHEN k.identifier IS NULL THEN 'unknown'
              WHEN l.kind = 'Cancel' THEN 'cancelled'
              WHEN l.kind = 'Update' THEN 'superseded'
              WHEN m.expires <= e.moment THEN 'expired' END AS fault
  FROM entry AS e
  LEFT JOIN known AS k ON k.sender = e.sender AND k.identifier = e.identifier
  LEFT JOIN message AS m ON m.sender = e.sender AND m.identifier = e.identifier
  LEFT JOIN later AS l ON l._at = e._at
)
SELECT _at, '/identifier' AS _pointer, fault AS _message,
       CASE fault WHEN 'expired' THEN '> ' || strftime(feed_updated, '%Y-%m-%dT%H:%M:%S+07:00') END AS expected,
       CASE fault WHEN 'expired' THEN strftime(expires, '%Y-%m-%dT%H:%M:%S+07:00')
                  WHEN 'unknown' THEN identifier ELSE successor END AS found,
       identifier, successor
FROM judged WHERE fault IS NOT NULL
ORDER BY _at, _pointer, _message, found, expected, identifier, successor
