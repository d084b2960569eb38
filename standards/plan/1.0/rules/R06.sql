-- VSC-PLAN 5.6: an approved sub-area or detailed plan names the plan of a higher tier that it lies in.
WITH tiers AS (
    SELECT code, min(CAST(rank AS INTEGER)) AS rank FROM codelist.plan_tier GROUP BY code
), plans AS (
    SELECT plan_id, min(tier) AS tier FROM plan.plan_all WHERE NOT _alt GROUP BY plan_id
), judged AS (
    SELECT c._at, c.plan_id, c.tier, c.parent_plan_id, p.tier AS parent_tier,
           CASE
               WHEN c.parent_plan_id IS NULL AND own.rank > 1 THEN 'default'
               WHEN c.parent_plan_id IS NOT NULL AND p.plan_id IS NULL THEN 'unknown_parent'
               WHEN above.rank >= own.rank THEN 'wrong_tier'
           END AS fault
    FROM plan.plan c
    JOIN tiers own ON own.code = c.tier
    LEFT JOIN plans p ON p.plan_id = c.parent_plan_id
    LEFT JOIN tiers above ON above.code = p.tier
    WHERE c.status = 'da_phe_duyet'
)
SELECT _at, '/properties/parent_plan_id' AS _pointer, fault AS _message, NULL AS expected,
       parent_plan_id AS found, plan_id, tier, parent_tier
FROM judged WHERE fault IS NOT NULL
ORDER BY _at, _pointer, _message, found, expected, parent_tier
