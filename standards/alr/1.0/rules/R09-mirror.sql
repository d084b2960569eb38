-- Clause 5.9: an alert handed in as JSON cannot carry an XML signature, so it counts only with
-- declared mutual TLS.
SELECT min(r._at) AS _at, 'unsigned_json' AS _message, 'XML-DSig | mtls' AS expected, f.format AS found, f.file
FROM sub.record AS r
JOIN sub.file AS f ON f.file = r.file
WHERE r.standard = 'VSC-ALR' AND r.dataset = 'alert' AND f.format <> 'xml'
  AND NOT EXISTS (SELECT 1 FROM sub.answer WHERE requirement = 'VSC-ALR-R09' AND answer = 'mtls')
GROUP BY f.file, f.format
ORDER BY _at, _message, found, expected, file
