-- a timestamp as text keeps its fraction
SELECT n, CAST(t AS VARCHAR), 'at ' || t FROM sub.row ORDER BY n

-- a date as text
SELECT n, CAST(d AS VARCHAR), d || '' FROM sub.row ORDER BY n

-- a double as text is its shortest form
SELECT n, CAST(x AS VARCHAR), x || '!', CAST(x * 3 AS VARCHAR) FROM sub.row ORDER BY n

-- other values as text
SELECT CAST(n AS VARCHAR), CAST(n = 1 AS VARCHAR), CAST(0.50 AS VARCHAR) FROM sub.row ORDER BY n

-- a decimal point in a literal
SELECT '≤ ' || 0.5, 'up to ' || 5

-- division of integers is of doubles
SELECT n / 2, 7 / 2, 60.0 / 7 FROM sub.row ORDER BY n

-- division by nothing
SELECT n / nullif(n, n) FROM sub.row ORDER BY n

-- whole division and remainder
SELECT n // 2, n % 2 FROM sub.row ORDER BY n

-- rounding of a double
SELECT round(x, 2), round(x), round(x * 100, 4), floor(x), ceil(x + 1)
FROM sub.row
WHERE n < 9 ORDER BY n

-- a double becomes the nearest integer
SELECT CAST(v AS BIGINT), CAST(v AS INTEGER) FROM (VALUES (2.5::DOUBLE), (3.5::DOUBLE), (-2.5::DOUBLE),
(2.4::DOUBLE)) AS w (v)
ORDER BY v

-- means are doubles
SELECT avg(n), avg(CASE WHEN n > 1 THEN 1.0 ELSE 0.0 END) FROM sub.row WHERE n < 9

-- a wide sum
SELECT sum(CAST(v AS HUGEINT)) FROM (VALUES (9223372036854775807), (9223372036854775807)) AS w (v)

-- the median
SELECT n % 2 AS odd, median(x), median(n) FROM sub.row GROUP BY n % 2 ORDER BY odd

-- the median of a frame
SELECT n, median(n) OVER (ORDER BY d RANGE BETWEEN to_days(7) PRECEDING AND INTERVAL 1 DAY PRECEDING)
FROM sub.row
WHERE d IS NOT NULL ORDER BY n

-- nearest rank
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY n), percentile_disc(0.95) WITHIN GROUP (ORDER BY n)
FROM sub.row
WHERE n < 9

-- absent values sort last
SELECT n, s FROM sub.row ORDER BY s, n

-- absent values sort last downwards too
SELECT n, s FROM sub.row ORDER BY s DESC, n

-- absent values sort last in a window
SELECT n, row_number() OVER (ORDER BY d, n) FROM sub.row ORDER BY n

-- an hour and a day begin
SELECT date_trunc('hour', t), date_trunc('day', t), date_trunc(CASE n WHEN 1 THEN 'day' ELSE 'hour' END, t),
hour(t), year(d)
FROM sub.row
ORDER BY n

-- days of the week
SELECT dayofweek(d), dayofweek(d) IN (0, 6), dayofweek(d) NOT IN (0, 6) FROM sub.row ORDER BY n

-- days between dates
SELECT date_diff('day', d, DATE '2026-03-01'), d + 1, d - 1, CAST(d + 1 AS VARCHAR)
FROM sub.row
ORDER BY n

-- seconds between moments are borders crossed
SELECT date_diff('second', t, TIMESTAMP '2026-02-01 00:00:00.25'), date_diff('microsecond', t, TIMESTAMP
'2026-02-01')
FROM sub.row
ORDER BY n

-- spans of time
SELECT t + INTERVAL 1 HOUR, t - n * INTERVAL 1 MINUTE, t + to_minutes(5), t + to_hours(n), t + to_days(2)
FROM sub.row
WHERE n < 9 ORDER BY n

-- a moment in another form
SELECT strftime(t, '%Y-%m-%dT%H:%M:%S+07:00') FROM sub.row ORDER BY n

-- an instant read from text
SELECT make_timestamp(epoch_us(TRY_CAST(v AS TIMESTAMPTZ)) + 25200000000) FROM (VALUES ('2026-02-01T01:00:00Z'),
('2026-02-01T08:00:00.5+07:00'), ('no')) AS w (v)
ORDER BY v

-- a calendar
SELECT CAST(m AS DATE) FROM (SELECT unnest(generate_series(DATE '2026-01-30', DATE '2026-02-02', INTERVAL 1
DAY)) AS m)
ORDER BY m

-- a range from 0
SELECT r.n, i.k
FROM sub.row AS r CROSS JOIN UNNEST(range(0, CAST(json_array_length(r.info) AS BIGINT))) AS i(k)
ORDER BY r.n, i.k

-- numbers unnested beside
SELECT n, unnest(range(3)) AS age FROM sub.row ORDER BY n, age

-- numbered items of a list
SELECT n, i, item FROM (SELECT n, generate_subscripts(items, 1) - 1 AS i, unnest(items) AS item
FROM sub.row WHERE array_length(items) > 0)
ORDER BY n, i

-- lists
SELECT array_length(items), list_contains(items, 'a'), array_to_string(items, ' ')
FROM sub.row
ORDER BY n

-- split texts
SELECT array_length(string_split(s, '.')), split_part(s, '.', 2), split_part(s, '.', 9)
FROM sub.row
ORDER BY n

-- texts strung in order
SELECT string_agg(s, ', ' ORDER BY s), string_agg(DISTINCT s, ' ' ORDER BY s), string_agg(s, '|' ORDER BY n)
FROM sub.row
WHERE n < 9

-- pieces of a text
SELECT strpos(s, 'o'), starts_with(s, 'a'), contains(s, '.'), left(s, 2), length(s), substr(s, 2, 1), replace(s,
'.', '/'), lower(trim(s))
FROM sub.row
ORDER BY n

-- patterns
SELECT regexp_full_match(s, '[a-c.]+'), regexp_matches(s, '[a-c]$'), regexp_full_match(s || chr(10), '[a-c.]+'),
regexp_extract(s, '([a-z])\.([a-z])$', 2)
FROM sub.row
ORDER BY n

-- patterns put in place
SELECT regexp_replace(s, '^([a-z])\.', '\1/$'), regexp_replace(s, '\s+', ' ', 'g')
FROM sub.row
ORDER BY n

-- composed letters
SELECT nfc_normalize(s) = 'Hoà' FROM sub.row ORDER BY n

-- records in JSON
SELECT json_extract_string(info, '$[' || 0 || '].a'), json_array_length(info),
json_extract_string(json_extract(info, '$[0]'), '$.b[1]')
FROM sub.row
ORDER BY n

-- items of JSON
SELECT r.n, json_extract_string(e.item, '$.a')
FROM sub.row AS r CROSS JOIN UNNEST(coalesce(CAST(json_extract(r.info, '$') AS JSON[]), [])) AS e(item)
WHERE r.info LIKE '[%' ORDER BY r.n, 2

-- columns become rows
SELECT n, name, v FROM (SELECT n, x AS Alpha, x * 2 AS beta
FROM sub.row WHERE n <> 3) UNPIVOT (v FOR name IN (Alpha, beta))
ORDER BY n, name

-- absent columns become rows on demand
SELECT n, name, v FROM (SELECT n, s AS a, NULL::VARCHAR AS b
FROM sub.row) UNPIVOT INCLUDE NULLS (v FOR name IN (a, b))
ORDER BY n, name

-- the first of a group
SELECT n, d FROM sub.row QUALIFY row_number() OVER (PARTITION BY d ORDER BY n DESC) = 1 ORDER BY n

-- parts of a group
SELECT count(*) FILTER (WHERE n > 1) AS some, min_by(s, n), max_by(s, n), bool_and(n > 0), bool_or(n > 5)
FROM sub.row
WHERE s IS NOT NULL

-- groups of everything else
SELECT n % 2 AS odd, d IS NULL AS undated, count(*) FROM sub.row GROUP BY ALL ORDER BY odd, undated

-- several groupings
SELECT n % 2 AS odd, d, count(*)
FROM sub.row GROUP BY GROUPING SETS ((n % 2, d), (n % 2))
ORDER BY odd, d, 3

-- sides of joins
SELECT a.n
FROM sub.row a ANTI JOIN (SELECT n
FROM sub.row WHERE n > 2) b USING (n) UNION ALL SELECT a.n
FROM sub.row a SEMI JOIN (SELECT n
FROM sub.row WHERE n > 4) b ON a.n = b.n
ORDER BY 1

-- distinct from
SELECT n, s IS DISTINCT FROM 'a.b.c', d IS NOT DISTINCT FROM NULL FROM sub.row ORDER BY n

-- without columns
SELECT * EXCLUDE (info, items, t) FROM sub.row ORDER BY n

-- the largest that is there
SELECT greatest(x, n), least(x, NULL), greatest(0.5, x) FROM sub.row WHERE n < 9 ORDER BY n

-- the last value that is there
SELECT n, last_value(s IGNORE NULLS) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
FROM sub.row
ORDER BY n

-- bits
SELECT bit_count(bit_or(1 << CAST(n AS INTEGER))) FROM sub.row WHERE n < 9

-- chains of references, circles too
WITH RECURSIVE step AS (SELECT * FROM (VALUES (1, 2), (2, 3), (3, 1), (7, 8)) AS v (a, b)), chain (a, b) AS
(SELECT a, b FROM step UNION SELECT c.a, s.b FROM chain c JOIN step s ON s.a = c.b) SELECT a, b FROM chain
ORDER BY a, b

-- chains of references counted
SELECT count(*) AS n FROM (
WITH RECURSIVE step AS (SELECT * FROM (VALUES (1, 2), (2, 3), (3, 1), (7, 8)) AS v (a, b)), chain (a, b) AS
(SELECT a, b FROM step UNION SELECT c.a, s.b FROM chain c JOIN step s ON s.a = c.b) SELECT a, b FROM chain
ORDER BY a, b
) AS violation

-- chains of references inside a part that reads an earlier one
WITH step AS (SELECT * FROM (VALUES (1, 2), (2, 3), (7, 8)) AS v (a, b)), far AS (
WITH RECURSIVE chain (a, b) AS (SELECT a, b FROM step UNION SELECT c.a, s.b FROM chain c JOIN step s ON s.a = c.b)
SELECT a, max(b) AS b FROM chain GROUP BY a) SELECT a, b FROM far ORDER BY a

-- text of a later cast
SELECT CAST(v AS DATE), TRY_CAST(v AS BIGINT), TRY_CAST(left(v, 19) AS TIMESTAMP) FROM (VALUES ('2026-02-01'))
AS w (v)

-- parameters
SELECT $text || ' ' || $share, n * $count, x * $share, CAST($share AS VARCHAR)
FROM sub.row
WHERE n < 9 ORDER BY n

