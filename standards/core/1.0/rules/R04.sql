-- 5.4: times stand in a possible order; nothing was available after it was received or happened before its time.
WITH log AS (  -- when the receiver first had each content
    SELECT sha256, min(received_at) AS received_at FROM sub.delivery WHERE sha256 IS NOT NULL GROUP BY sha256
), stated AS (
    SELECT e.*, coalesce(e.sidecar, e.file) AS place, least(l.received_at, (SELECT as_of FROM run.info)) AS received_at
    FROM sub.envelope e
    LEFT JOIN sub.file f ON f.file = e.file
    LEFT JOIN log l ON l.sha256 = f.sha256
), latest AS (  -- the last moment that the records of each file may speak of
    SELECT u.file, least(max(e.generated_at), max(i.as_of)) AS moment
    FROM sub.unit u CROSS JOIN run.info i LEFT JOIN sub.envelope e ON e.file = u.file GROUP BY u.file
), dated AS (
    SELECT r._at, r.subject_time, l.moment AS latest
    FROM sub.record r JOIN latest l ON l.file = r.file
    WHERE r.subject_time > l.moment + $future_tolerance_s * INTERVAL 1 SECOND
        AND strpos(' ' || $forecast_datasets || ' ', ' ' || r.standard || '/' || r.dataset || ' ') = 0
)
SELECT NULL AS _at, place AS _file, '/data_from' AS _pointer, 'default' AS _message,
    CAST(data_through AS VARCHAR) AS expected, CAST(data_from AS VARCHAR) AS found, file, NULL AS subject, NULL AS _line
FROM stated WHERE data_from > data_through
UNION ALL
SELECT NULL, place, '/data_through', 'through_after_available', CAST(available_at AS VARCHAR),
    CAST(data_through AS VARCHAR), file, NULL, NULL
FROM stated WHERE data_through > available_at
UNION ALL
SELECT NULL, place, '/available_at', 'untruthful', CAST(received_at AS VARCHAR), CAST(available_at AS VARCHAR),
    file, file, NULL
FROM stated WHERE available_at > received_at + $receipt_tolerance_s * INTERVAL 1 SECOND
UNION ALL
SELECT NULL, file, NULL, 'untruthful', CAST(received_at AS VARCHAR), CAST(available_at AS VARCHAR),
    NULL, standard || '/' || dataset || ' ' || key, line
FROM sub.delivery WHERE available_at > received_at + $receipt_tolerance_s * INTERVAL 1 SECOND
UNION ALL
SELECT NULL, file, NULL, 'future_delivery', CAST(received_at AS VARCHAR),
    CAST(subject_time AS VARCHAR), NULL, NULL, line
FROM sub.delivery
WHERE subject_time > received_at + $future_tolerance_s * INTERVAL 1 SECOND
    AND strpos(' ' || $forecast_datasets || ' ', ' ' || standard || '/' || dataset || ' ') = 0
UNION ALL
SELECT _at, NULL, NULL, 'future', CAST(latest AS VARCHAR), CAST(subject_time AS VARCHAR), NULL, NULL, NULL
FROM dated
ORDER BY _at, _file, _line, _pointer, _message, found, expected, file
