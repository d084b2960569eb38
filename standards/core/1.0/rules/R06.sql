-- 5.6: keys are unique within an edition; a correction supersedes the edition before it and is generated later.
WITH RECURSIVE edition AS (
    SELECT f.file, f.standard, f.dataset, e.dataset_id, e.supersedes, e.generated_at, e.data_through,
        coalesce(e.sidecar, f.file) AS place
    FROM sub.file f LEFT JOIN sub.envelope e ON e.file = f.file
    WHERE f.edition_of IS NULL
), step AS (
    SELECT n.file AS newer, o.file AS older, n.place, n.generated_at AS newer_at, o.generated_at AS older_at
    FROM edition n
    JOIN edition o ON o.dataset_id = n.supersedes AND o.standard = n.standard AND o.dataset = n.dataset
    WHERE o.file <> n.file
), chain (newer, older) AS (
    SELECT newer, older FROM step
    UNION
    SELECT c.newer, s.older FROM chain c JOIN step s ON s.newer = c.older
), occurrence AS (  -- keys that occur more than once are few and share a hash: only their records are compared
    SELECT r._at, r.dataset, r.key, r.file, r.content, e.data_through,
        min(r._at) OVER (PARTITION BY r.standard, r.dataset, r.key) AS first_at
    FROM sub.repeated s
    JOIN sub.record r ON r.key_hash = s.key_hash AND r.usable AND NOT r.alternative
    JOIN edition e ON e.file = r.file
), early AS (  -- the first record of each key in each file stands for the others: what may repeat depends on the files
    SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY first_at, file ORDER BY _at) AS of_file FROM occurrence) ranked
    WHERE of_file = 1
), related (one, other) AS (
    SELECT newer, older FROM chain UNION SELECT older, newer FROM chain
), correcting AS MATERIALIZED (  -- records that may repeat the very first one: which other one do they repeat?
    SELECT b.*
    FROM early f
    JOIN occurrence b ON b.first_at = f._at AND b._at > f._at
    JOIN related r ON r.one = f.file AND r.other = b.file
), clash AS (  -- each later record with the first one that it may not repeat
    SELECT b._at, b.dataset, b.key, a.file AS other, 1 AS nth,
        a.file <> b.file AND a.content <> b.content AND a.data_through IS NOT DISTINCT FROM b.data_through AS silent
    FROM early a
    JOIN occurrence b ON b.first_at = a._at AND b._at > a._at
    WHERE NOT EXISTS (SELECT 1 FROM related r WHERE r.one = a.file AND r.other = b.file)
    UNION ALL
    SELECT b._at, b.dataset, b.key, a.file, row_number() OVER (PARTITION BY b._at ORDER BY a._at),
        a.file <> b.file AND a.content <> b.content AND a.data_through IS NOT DISTINCT FROM b.data_through
    FROM correcting b
    JOIN early a ON a.first_at = b.first_at AND a._at < b._at AND a._at > a.first_at
    WHERE NOT EXISTS (SELECT 1 FROM related r WHERE r.one = a.file AND r.other = b.file)
)
SELECT _at, NULL AS _file, NULL AS _pointer, CASE WHEN silent THEN 'silent' ELSE 'default' END AS _message,
    NULL AS expected, NULL AS found, key, dataset, other, NULL AS file
FROM clash WHERE nth = 1
UNION ALL
SELECT NULL, place, '/generated_at', 'not_later', CAST(older_at AS VARCHAR), CAST(newer_at AS VARCHAR),
    NULL, NULL, NULL, newer
FROM step WHERE newer_at <= older_at
UNION ALL
SELECT NULL, place, '/supersedes', 'itself', NULL, supersedes, NULL, NULL, NULL, file
FROM edition WHERE supersedes = dataset_id
ORDER BY _at, _file, _pointer, _message, other, found, expected, key, file
