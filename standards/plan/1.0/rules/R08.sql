-- VSC-PLAN 5.8: a superseded plan ends on the very day on which the new one starts.
WITH editions AS (
    SELECT _at, plan_id, status, supersedes_plan_id, valid_to, coalesce(valid_from, approved_on) AS starts
    FROM plan.plan
), known AS (
    SELECT DISTINCT plan_id FROM plan.plan_all
), open AS (
    SELECT o._at, '/properties/valid_to' AS _pointer, 'default' AS _message,
           CAST(min(n.starts) AS VARCHAR) AS expected, NULL AS found, o.plan_id, min(n.plan_id) AS new_plan_id
    FROM editions o LEFT JOIN editions n ON n.supersedes_plan_id = o.plan_id AND n.status <> 'dang_lap'
    WHERE o.valid_to IS NULL AND (o.status = 'bi_thay_the' OR n.plan_id IS NOT NULL)
    GROUP BY o._at, o.plan_id
), apart AS (
    SELECT o._at, '/properties/valid_to' AS _pointer, 'dates_differ' AS _message,
           CAST(n.starts AS VARCHAR) AS expected, CAST(o.valid_to AS VARCHAR) AS found,
           o.plan_id, n.plan_id AS new_plan_id
    FROM editions n JOIN editions o ON n.supersedes_plan_id = o.plan_id
    WHERE n.status <> 'dang_lap' AND o.valid_to <> n.starts
), unknown AS (
    SELECT n._at, '/properties/supersedes_plan_id' AS _pointer, 'unknown' AS _message,
           NULL AS expected, n.supersedes_plan_id AS found, n.supersedes_plan_id AS plan_id, n.plan_id AS new_plan_id
    FROM editions n
    WHERE n.supersedes_plan_id IS NOT NULL AND n.supersedes_plan_id NOT IN (SELECT plan_id FROM known WHERE plan_id IS NOT NULL)
)
SELECT * FROM open UNION ALL SELECT * FROM apart UNION ALL SELECT * FROM unknown
ORDER BY _at, _pointer, _message, found, expected, new_plan_id
