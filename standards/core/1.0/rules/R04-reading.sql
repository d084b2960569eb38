-- 5.4: a period does not end before it starts, and no figure is available before it was measured.
SELECT _at, '/period/to' AS _pointer, 'period' AS _message,
    CAST(period_from AS VARCHAR) AS expected, CAST(period_to AS VARCHAR) AS found
FROM core.reading WHERE period_to < period_from
UNION ALL
SELECT _at, '/available_at', 'available_before', CAST(observed_at AS VARCHAR), CAST(available_at AS VARCHAR)
FROM core.reading WHERE available_at < observed_at
ORDER BY _at, _pointer, _message, found, expected
