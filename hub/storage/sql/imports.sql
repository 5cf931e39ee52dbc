The directory rows that an import compares a file with: by copropiedad, or by id.

-- copropiedades --
SELECT id, name FROM copropiedad ORDER BY id

-- units --
SELECT id, copropiedad_id, tower, label FROM unit WHERE copropiedad_id = ANY ($1::text[]) ORDER BY id

-- memberships --
-- OFFSET 0 as in `directory`: makes the planner begin with the units, whose number it cannot estimate.
SELECT found.* FROM (
    SELECT 'unit' AS kind, id FROM unit WHERE copropiedad_id = ANY ($1::text[])
    UNION ALL
    SELECT 'copropiedad', unnest($1::text[])
    UNION ALL
    SELECT 'company', '' WHERE $3::bool
) AS place
CROSS JOIN LATERAL (
    SELECT id, version, removed, person_id, scope_kind, scope_id, role, duty, level, service_area,
           on_call, direction, hours, since, until
    FROM membership
    WHERE scope_kind = place.kind AND scope_id = place.id AND (role = 'staff') = $2::bool AND NOT removed
    OFFSET 0
) AS found
ORDER BY id

-- people --
SELECT id, name, document_hash, contact_points FROM person
WHERE id = ANY ($1::text[]) AND NOT removed
ORDER BY id

-- stored_copropiedad --
SELECT id, version, false AS removed FROM copropiedad WHERE id = ANY ($1::text[])

-- stored_unit --
SELECT id, version, false AS removed, copropiedad_id, tower, floor, label, coefficient
FROM unit WHERE id = ANY ($1::text[])

-- stored_person --
SELECT id, version, removed, name, locale, digital_access, large_print, document_hash,
       contact_points_given
FROM person WHERE id = ANY ($1::text[])

-- stored_membership --
SELECT id, version, removed, person_id, scope_kind, scope_id, role, duty, level, service_area,
       on_call, direction, hours, since, until
FROM membership WHERE id = ANY ($1::text[])

-- alone --
-- Lock: two imports at once would each read rows that the other is about to change.
SELECT pg_advisory_xact_lock(hashtext('hub people import'))
