-- Clause 5.3: headlines fit a small screen; every info of a warning ends after it was sent and
-- within the longest validity. (Times of usable records are civil times of +07:00: R01.)
WITH info AS (
  SELECT a._at, a.sent, n.i, json_extract(a.info, '$[' || n.i || ']') AS info
  FROM alr.alert AS a
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(a.info) AS BIGINT))) AS n(i)
  WHERE a."msgType" IN ('Alert', 'Update')
),
read AS (
  SELECT _at, sent, i, json_extract_string(info, '$.headline') AS headline,
         TRY_CAST(left(json_extract_string(info, '$.expires'), 19) AS TIMESTAMP) AS expires
  FROM info
)
SELECT _at, '/info/' || i || '/headline' AS _pointer, 'long_headline' AS _message,
       '≤ ' || $headline_max AS expected, CAST(length(headline) AS VARCHAR) AS found
FROM read WHERE length(headline) > $headline_max
UNION ALL
SELECT _at, '/info/' || i || '/expires',
       CASE WHEN expires IS NULL THEN 'no_expires' WHEN expires <= sent THEN 'expired' ELSE 'too_long' END,
       CASE WHEN expires <= sent THEN '> ' || strftime(sent, '%Y-%m-%dT%H:%M:%S+07:00')
            WHEN expires IS NOT NULL
            THEN '≤ ' || strftime(sent + to_hours($validity_max_hours), '%Y-%m-%dT%H:%M:%S+07:00') END,
       strftime(expires, '%Y-%m-%dT%H:%M:%S+07:00')
FROM read
WHERE expires IS NULL OR expires <= sent OR expires > sent + to_hours($validity_max_hours)
ORDER BY _at, _pointer, _message, found, expected
