-- VSC-PLAN 5.1: one plan_id per plan, kept over editions, and used in every zone and link.
WITH twice AS (
    SELECT min(_at) AS _at, '/properties/plan_id' AS _pointer, 'default' AS _message,
           '1' AS expected, CAST(count(*) AS VARCHAR) AS found, plan_id AS subject
    FROM plan.plan GROUP BY plan_id HAVING count(*) > 1
), renamed AS (
    SELECT max(_at) AS _at, '/properties/plan_id' AS _pointer, 'renamed' AS _message,
           min(plan_id) AS expected, max(plan_id) AS found, decision_no AS subject
    FROM plan.plan_all
    WHERE NOT _alt AND plan_id IS NOT NULL AND decision_no IS NOT NULL AND approval_org IS NOT NULL
    GROUP BY approval_org, decision_no, approved_on, name HAVING count(DISTINCT plan_id) > 1
), used AS (
    SELECT _at, plan_id FROM plan.zone_all WHERE NOT _alt AND plan_id IS NOT NULL
    UNION ALL
    SELECT _at, plan_id FROM plan.infra_link_all WHERE NOT _alt AND plan_id IS NOT NULL
), unknown AS (
    SELECT u._at, '/properties/plan_id' AS _pointer, 'unknown' AS _message,
           NULL AS expected, u.plan_id AS found, u.plan_id AS subject
    FROM used u
    WHERE NOT EXISTS (SELECT 1 FROM plan.plan_all p WHERE p.plan_id = u.plan_id)
)
SELECT * FROM twice UNION ALL SELECT * FROM renamed UNION ALL SELECT * FROM unknown
ORDER BY _at, _pointer, _message, found, expected
