-- Clause 5.8: the public feed holds messages of status Actual only; the message decides, not the
-- status that the feed's entry gives it.
SELECT f._at, '/status' AS _pointer, 'not_actual' AS _message, 'Actual' AS expected,
       CASE WHEN f.status <> 'Actual' THEN f.status ELSE a.status END AS found, f.identifier
FROM alr.feed AS f
LEFT JOIN (SELECT DISTINCT sender, identifier, status FROM alr.alert_all) AS a
  ON a.sender = f.sender AND a.identifier = f.identifier
WHERE f.status <> 'Actual' OR a.status <> 'Actual'
ORDER BY f._at, _pointer, _message, found, expected, identifier
