-- VSC-PLAN 5.2: an approved plan has all general data of NĐ 212/2026/NĐ-CP Art. 9(3)(a).
WITH general AS (
    SELECT p._at, p.plan_id, m.member,
           CASE m.member
               WHEN 'preparing_org' THEN p.preparing_org
               WHEN 'appraisal_org' THEN p.appraisal_org
               WHEN 'approval_org' THEN p.approval_org
               WHEN 'decision_no' THEN p.decision_no
               WHEN 'approved_on' THEN CAST(p.approved_on AS VARCHAR)
           END AS value
    FROM plan.plan p
    CROSS JOIN (
        VALUES ('preparing_org'), ('appraisal_org'), ('approval_org'), ('decision_no'), ('approved_on')
    ) AS m(member)
    WHERE p.status IN ('da_phe_duyet', 'bi_thay_the')
)
SELECT _at, '/properties/' || member AS _pointer, 'lacking' AS _message, member AS expected, NULL AS found,
       plan_id, member
FROM general WHERE value IS NULL
ORDER BY _at, member, _pointer, _message, found, expected
