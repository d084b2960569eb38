-- 5.4: the name beside a code equals the list's, but for Unicode form, case, tone-mark position and the unit word.
WITH named AS (  -- the name with the code of the same object that it belongs to
    SELECT n._at, n._pointer, n.value AS name, n.on_date,
        CASE WHEN n._pointer LIKE '%province%' THEN p.value ELSE coalesce(c.value, a.value, p.value) END AS code
    FROM role.commune_name n
    LEFT JOIN role.commune_code c ON c._at = n._at AND c.parent = n.parent
    LEFT JOIN role.area_code a ON a._at = n._at AND a.parent = n.parent
    LEFT JOIN role.province_code p ON p._at = n._at AND p.parent = n.parent
    UNION ALL
    SELECT _at, '/name_vi', name_vi, valid_from, code FROM code.admin_unit
), listed AS (
    SELECT code, name_vi, valid_from, valid_to FROM codelist.vn_province
    UNION ALL
    SELECT code, name_vi, valid_from, valid_to FROM codelist.vn_commune
), spelled AS (
    SELECT name, regexp_replace(regexp_replace(lower(trim(nfc_normalize(name))), '\s+', ' ', 'g'),
        '^(tỉnh|thành phố|phường|xã|đặc khu) ', '') AS bare
    FROM (SELECT name FROM named UNION SELECT name_vi FROM listed)
), plain AS (  -- the tone mark goes on the second vowel, as in the list
    SELECT name, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
        replace(replace(replace(bare, 'òa', 'oà'), 'óa', 'oá'), 'ỏa', 'oả'), 'õa', 'oã'), 'ọa', 'oạ'),
        'òe', 'oè'), 'óe', 'oé'), 'ỏe', 'oẻ'), 'õe', 'oẽ'), 'ọe', 'oẹ'),
        'ùy', 'uỳ'), 'úy', 'uý'), 'ủy', 'uỷ'), 'ũy', 'uỹ'), 'ụy', 'uỵ') AS plain
    FROM spelled
)
SELECT n._at, n._pointer, l.name_vi AS expected, n.name AS found, n.code
FROM named n
JOIN listed l ON l.code = n.code AND l.valid_from <= n.on_date AND (l.valid_to IS NULL OR l.valid_to > n.on_date)
JOIN plain a ON a.name = n.name
JOIN plain b ON b.name = l.name_vi
WHERE a.plain <> b.plain
ORDER BY n._at, n._pointer, found, expected, code
