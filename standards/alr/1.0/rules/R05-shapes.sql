-- Clause 5.5: polygons are closed, have few enough points and give latitude before longitude;
-- every position of a polygon or circle lies inside the country's box.
WITH info AS (
  SELECT a._at, n.i, json_extract(a.info, '$[' || n.i || '].area') AS areas
  FROM alr.alert AS a
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(a.info) AS BIGINT))) AS n(i)
  WHERE a."msgType" IN ('Alert', 'Update')
),
area AS (
  SELECT i._at, i.i, n.j, json_extract(i.areas, '$[' || n.j || ']') AS area
  FROM info AS i
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(i.areas) AS BIGINT))) AS n(j)
),
shape AS (
  SELECT a._at, a.i, a.j, s.kind, n.k,
         trim(json_extract_string(a.area, '$.' || s.kind || '[' || n.k || ']')) AS drawn
  FROM area AS a
  CROSS JOIN (VALUES ('polygon'), ('circle')) AS s(kind)
  CROSS JOIN UNNEST(range(0, CAST(json_array_length(a.area, '$.' || s.kind) AS BIGINT))) AS n(k)
),
formed AS (
  SELECT *, CASE kind
           WHEN 'polygon'
           THEN regexp_full_match(drawn, '(-?[0-9]{1,3}(\.[0-9]+)?,-?[0-9]{1,3}(\.[0-9]+)?([ \t\r\n]+|$))+')
           ELSE regexp_full_match(
             drawn, '-?[0-9]{1,3}(\.[0-9]+)?,-?[0-9]{1,3}(\.[0-9]+)?[ \t\r\n]+[0-9]+(\.[0-9]+)?')
         END AS good
  FROM shape
),
point AS (
  SELECT f._at, f.i, f.j, f.kind, f.k, p.n,
         CAST(split_part(p.pair, ',', 1) AS DOUBLE) AS lat, CAST(split_part(p.pair, ',', 2) AS DOUBLE) AS lon
  FROM formed AS f
  CROSS JOIN UNNEST(string_split_regex(f.drawn, '[ \t\r\n]+')) WITH ORDINALITY AS p(pair, n)
  WHERE f.good AND contains(p.pair, ',')
),
outline AS (
  SELECT _at, i, j, kind, k, count(*) AS points,
         arg_min(lat, n) = arg_max(lat, n) AND arg_min(lon, n) = arg_max(lon, n) AS closed,
         count(*) FILTER (WHERE lat BETWEEN $lat_min AND $lat_max
                            AND lon BETWEEN $lon_min AND $lon_max) AS inside,
         count(*) FILTER (WHERE lon BETWEEN $lat_min AND $lat_max
                            AND lat BETWEEN $lon_min AND $lon_max) AS swapped,
         min(lat) || '…' || max(lat) || ', ' || min(lon) || '…' || max(lon) AS extent
  FROM point
  GROUP BY ALL
),
fault AS (
  SELECT _at, i, j, kind, k, 'bad_' || kind AS message,
         CASE kind WHEN 'polygon' THEN 'lat,lon lat,lon …' ELSE 'lat,lon km' END AS expected,
         left(drawn, 100) AS found
  FROM formed WHERE NOT good
  UNION ALL
  SELECT _at, i, j, kind, k, CASE WHEN swapped = points THEN 'swapped' ELSE 'outside' END,
         $lat_min || '…' || $lat_max || ', ' || $lon_min || '…' || $lon_max, extent
  FROM outline WHERE inside < points
  UNION ALL
  SELECT _at, i, j, kind, k, 'not_closed', '≥ 4', CAST(points AS VARCHAR)
  FROM outline WHERE kind = 'polygon' AND (NOT closed OR points < 4)
  UNION ALL
  SELECT _at, i, j, kind, k, 'too_many', '≤ ' || $polygon_points_max, CAST(points AS VARCHAR)
  FROM outline WHERE kind = 'polygon' AND points > $polygon_points_max
)
SELECT _at, '/info/' || i || '/area/' || j || '/' || kind || '/' || k AS _pointer, message AS _message,
       expected, found
FROM fault
ORDER BY _at, _pointer, _message, found, expected
