The copropiedades of people, for callers who may see only some of them.

-- homes --
SELECT 'person:' || member.id AS ref, coalesce(unit.copropiedad_id, member.scope_id) AS place
FROM member LEFT JOIN unit ON member.scope_kind = 'unit' AND unit.id = member.scope_id
WHERE member.id = ANY ($1::text[]) AND member.scope_kind <> 'company'
UNION
SELECT 'unit:' || id, copropiedad_id FROM unit WHERE id = ANY ($2::text[])
