-- Clause 5.2: identifiers are unique per sender; Update and Cancel refer to an earlier message of
-- the same sender that was handed in; nothing updates what was cancelled.
WITH RECURSIVE
message AS (
  SELECT _at, identifier, sender, sent, "msgType" AS kind, "references" AS refs FROM alr.alert
),
known AS (SELECT DISTINCT identifier, sender, sent, _at FROM alr.alert_all WHERE identifier IS NOT NULL),
cut AS (
  SELECT m._at, m.identifier, m.sender, m.sent, m.kind, r.ref,
         array_length(string_split(r.ref, ',')) = 3 AS formed,
         split_part(r.ref, ',', 1) AS ref_sender,
         split_part(r.ref, ',', 2) AS ref_identifier,
         CASE WHEN regexp_matches(r.ref, '([Zz]|[+-][0-9]{2}:[0-9]{2})$')
              THEN TRY_CAST(split_part(r.ref, ',', 3) AS TIMESTAMPTZ) END AS instant
  FROM message AS m
  CROSS JOIN UNNEST(string_split_regex(trim(m.refs), '[ \t\r\n]+')) AS r(ref)
  WHERE m.kind IN ('Update', 'Cancel') AND r.ref <> ''
),
-- Instants are compared, never texts: the reference's time as civil time of UTC+07:00.
reference AS (
  SELECT *, make_timestamp(epoch_us(instant) + 25200000000) AS ref_sent FROM cut
),
ancestor AS (
  SELECT DISTINCT _at, sender, ref_identifier FROM reference WHERE formed AND ref_sender = sender
  UNION
  SELECT a._at, a.sender, r.ref_identifier
  FROM ancestor AS a
  JOIN reference AS r ON r.sender = a.sender AND r.identifier = a.ref_identifier AND r.formed
),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY sender, identifier ORDER BY _at) AS n FROM message
),
matched AS (
  SELECT r.*, count(k._at) AS times, min(k.sent) AS known_sent,
         bool_or(k.sent = r.ref_sent) AS same_sent
  FROM reference AS r
  LEFT JOIN known AS k ON k.sender = r.ref_sender AND k.identifier = r.ref_identifier
  GROUP BY ALL
),
judged AS (
  SELECT _at, ref, sender, sent, known_sent, ref_sent,
         CASE WHEN NOT formed OR ref_sent IS NULL THEN 'malformed_reference'
              WHEN ref_sender <> sender THEN 'other_sender'
              WHEN times = 0 THEN 'unknown_reference'
              WHEN NOT coalesce(same_sent, false) THEN 'sent_differs'
              WHEN known_sent >= sent THEN 'later_reference' END AS fault
  FROM matched
)
SELECT _at, '/identifier' AS _pointer, 'duplicate' AS _message, NULL AS expected, identifier AS found,
       identifier, sender
FROM numbered WHERE n > 1
UNION ALL
SELECT _at, '/references', 'missing_reference', 'sender,identifier,sent', NULL, kind, sender
FROM message
WHERE kind IN ('Update', 'Cancel') AND coalesce(trim(refs, ' ' || chr(9) || chr(10) || chr(13)), '') = ''
UNION ALL
SELECT _at, '/references', fault,
       CASE fault WHEN 'malformed_reference' THEN 'sender,identifier,sent'
                  WHEN 'other_sender' THEN sender
                  WHEN 'sent_differs' THEN strftime(known_sent, '%Y-%m-%dT%H:%M:%S+07:00')
                  WHEN 'later_reference' THEN '< ' || strftime(sent, '%Y-%m-%dT%H:%M:%S+07:00') END,
       ref, ref, sender
FROM judged WHERE fault IS NOT NULL
UNION ALL
SELECT u._at, '/references', 'after_cancel', NULL, min(c.identifier), min(c.identifier), u.sender
FROM message AS u
JOIN ancestor AS ua ON ua._at = u._at
JOIN message AS c ON c.sender = u.sender AND c.kind = 'Cancel' AND c.sent < u.sent
JOIN ancestor AS ca ON ca._at = c._at AND ca.ref_identifier = ua.ref_identifier
WHERE u.kind = 'Update'
GROUP BY u._at, u.sender
ORDER BY _at, _message, _pointer, found, expected, identifier
