-- 5.9: no overlap of validity for one code, a successor for every old commune, no code given to another unit.
WITH unit AS (
    SELECT *, coalesce(valid_to, DATE '9999-12-31') AS last_day,
        lag(_at) OVER w AS before_at, lag(name_vi) OVER w AS before_name,
        max(coalesce(valid_to, DATE '9999-12-31')) OVER (PARTITION BY code ORDER BY valid_from, _at
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_last
    FROM code.admin_unit
    WINDOW w AS (PARTITION BY code ORDER BY valid_from, _at)
), old AS (
    SELECT * FROM unit
    WHERE level = 2 AND valid_from < CAST($two_tier_from AS DATE) AND last_day < CAST($two_tier_from AS DATE)
), successor AS (
    SELECT _at, code, to_code FROM (
        SELECT _at, code, unnest(successor_codes) AS to_code FROM old
        UNION ALL
        SELECT o._at, o.code, m."to" FROM old o
        JOIN code.code_mapping m ON m."from" = o.code AND m.from_scheme = $old_commune_scheme AND m.to_scheme = $commune_scheme)
), known AS (
    SELECT code FROM codelist.vn_commune
    UNION
    SELECT code FROM code.admin_unit
)
SELECT _at, '/valid_from' AS _pointer, 'default' AS _message, CAST(before_last AS VARCHAR) AS expected,
    CAST(valid_from AS VARCHAR) AS found, code
FROM unit WHERE before_last >= valid_from
UNION ALL
SELECT _at, '/valid_to', 'reversed', CAST(valid_from AS VARCHAR), CAST(valid_to AS VARCHAR), code
FROM unit WHERE valid_to < valid_from
UNION ALL
SELECT _at, '/successor_codes', 'no_successor', NULL, NULL, code
FROM old WHERE NOT EXISTS (SELECT 1 FROM successor s WHERE s._at = old._at)
UNION ALL
SELECT _at, '/successor_codes', 'unknown_successor', NULL, to_code, code
FROM successor WHERE to_code NOT IN (SELECT code FROM known)
UNION ALL  -- another name, and the new unit does not come from the old one
SELECT _at, '/code', 'reused', before_name, name_vi, code
FROM unit
WHERE before_at IS NOT NULL AND lower(nfc_normalize(name_vi)) <> lower(nfc_normalize(before_name))
    AND NOT coalesce(list_contains(predecessor_codes, code), false)
ORDER BY _at, _pointer, _message, found, expected, code
