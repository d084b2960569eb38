-- VSC-PLAN 5.7: published within $publish_days days after approval, by the data and by the receiver's log.
WITH approved AS (
    SELECT _at, plan_id, approved_on, published_at,
           CAST(approved_on + CAST($publish_days AS INTEGER) AS DATE) AS last_day
    FROM plan.plan
    WHERE status IN ('da_phe_duyet', 'bi_thay_the') AND approved_on IS NOT NULL
), log AS (
    SELECT key, received_at, min(received_at) OVER () AS log_start FROM sub.delivery
    WHERE standard = 'VSC-PLAN' AND dataset = 'plan' AND coalesce(status, 'ok') = 'ok'
), receipt AS (
    SELECT key, min(received_at) AS received_at, min(log_start) AS log_start FROM log GROUP BY key
), judged AS (
    SELECT a._at, a.plan_id, a.approved_on, a.published_at, a.last_day, r.received_at,
           CASE
               WHEN a.published_at IS NULL AND CAST(i.as_of AS DATE) > a.last_day THEN 'not_published'
               WHEN CAST(a.published_at AS DATE) > a.last_day THEN 'default'
               -- a log that began after the stated publication proves nothing against it
               WHEN r.log_start <= a.published_at AND CAST(r.received_at AS DATE) > a.last_day THEN 'late_receipt'
           END AS fault
    FROM approved a CROSS JOIN run.info i LEFT JOIN receipt r ON r.key = a.plan_id
)
SELECT _at, '/properties/published_at' AS _pointer, fault AS _message, '≤ ' || CAST(last_day AS VARCHAR) AS expected,
       CAST(CASE WHEN fault = 'late_receipt' THEN received_at ELSE published_at END AS VARCHAR) AS found,
       plan_id, CAST(last_day AS VARCHAR) AS due, CAST(approved_on AS VARCHAR) AS approved_on, CAST(published_at AS VARCHAR) AS published_at
FROM judged WHERE fault IS NOT NULL
ORDER BY _at, _pointer, _message, found, expected
