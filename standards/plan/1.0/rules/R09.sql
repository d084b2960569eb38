-- VSC-PLAN 5.9: a permit or project refers to a plan that exists and is in force on its date.
WITH plans AS (
    SELECT plan_id, min(status) AS status, min(coalesce(valid_from, approved_on)) AS starts, max(valid_to) AS ends
    FROM plan.plan_all WHERE NOT _alt GROUP BY plan_id
), judged AS (
    SELECT m._at, m.permit_id, m.plan_id, m.issued_on, p.starts, p.ends,
           CASE
               WHEN p.plan_id IS NULL THEN 'default'
               WHEN p.status NOT IN ('da_phe_duyet', 'bi_thay_the') THEN 'not_approved'
               WHEN m.issued_on < p.starts THEN 'too_early'
               WHEN m.issued_on >= p.ends THEN 'ended'
           END AS fault
    FROM plan.permit m LEFT JOIN plans p ON p.plan_id = m.plan_id
)
SELECT _at, CASE WHEN fault IN ('too_early', 'ended') THEN '/issued_on' ELSE '/plan_id' END AS _pointer,
       fault AS _message,
       CASE fault WHEN 'too_early' THEN '≥ ' || CAST(starts AS VARCHAR)
                  WHEN 'ended' THEN '< ' || CAST(ends AS VARCHAR) END AS expected,
       CASE WHEN fault IN ('too_early', 'ended') THEN CAST(issued_on AS VARCHAR) ELSE plan_id END AS found,
       permit_id, plan_id
FROM judged WHERE fault IS NOT NULL
ORDER BY _at, _pointer, _message, found, expected
