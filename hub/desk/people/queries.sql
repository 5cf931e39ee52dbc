People as operators look for them.

-- within --
-- Of one unit, or of these copropiedades. Each branch reads an index.
WITH scope AS (
    SELECT 'unit' AS kind, id FROM unit WHERE id = $2 AND ($1::text[] IS NULL OR copropiedad_id = ANY ($1))
    UNION ALL
    SELECT 'unit', id FROM unit WHERE $2::text IS NULL AND copropiedad_id = ANY ($1)
    UNION ALL
    SELECT 'copropiedad', place FROM unnest($1) AS asked (place) WHERE $2 IS NULL
), found AS (
    SELECT DISTINCT held.person_id FROM scope CROSS JOIN LATERAL (
        SELECT person_id FROM membership
        WHERE scope_kind = scope.kind AND scope_id = scope.id AND person_id > $5 AND NOT removed
          AND ($3::text IS NULL OR role = $3)
          AND (since IS NULL OR since <= now()) AND (until IS NULL OR until > now())
        OFFSET 0
    ) AS held
)
SELECT person.id, name, locale, digital_access, contact_points,
       (SELECT wishes FROM wish WHERE wish.person = person.id) AS wishes,
       (SELECT mark FROM marked WHERE marked.person = person.id) AS mark
FROM (SELECT person_id FROM found ORDER BY person_id) AS ordered
JOIN person ON person.id = ordered.person_id AND NOT person.removed
WHERE NOT $4::boolean OR EXISTS (SELECT FROM marked WHERE marked.person = person.id)
ORDER BY person.id
LIMIT $6

-- everywhere --
SELECT person.id, name, locale, digital_access, contact_points,
       (SELECT wishes FROM wish WHERE wish.person = person.id) AS wishes,
       (SELECT mark FROM marked WHERE marked.person = person.id) AS mark
FROM person
WHERE id > $1 AND NOT removed
ORDER BY id
LIMIT $2

-- of_role --
-- The index returns a role in page order: no scan reads more than a page.
SELECT person.id, name, locale, digital_access, contact_points,
       (SELECT wishes FROM wish WHERE wish.person = person.id) AS wishes,
       (SELECT mark FROM marked WHERE marked.person = person.id) AS mark
FROM (
    SELECT DISTINCT person_id FROM membership
    WHERE role = $1 AND person_id > $2 AND NOT removed
      AND (since IS NULL OR since <= now()) AND (until IS NULL OR until > now())
      AND EXISTS (SELECT FROM person WHERE person.id = person_id AND NOT person.removed)
    ORDER BY person_id
    LIMIT $3
) AS holder
JOIN person ON person.id = holder.person_id
ORDER BY person.id

-- marked --
-- Few are.
SELECT person.id, name, locale, digital_access, contact_points,
       (SELECT wishes FROM wish WHERE wish.person = person.id) AS wishes,
       (SELECT mark FROM marked WHERE marked.person = person.id) AS mark
FROM (SELECT DISTINCT marked.person AS ref FROM marked WHERE marked.person > $2) AS found
JOIN person ON person.id = found.ref AND NOT person.removed
WHERE $1::text IS NULL OR EXISTS (
    SELECT FROM membership
    WHERE person_id = person.id AND role = $1 AND NOT membership.removed
      AND (since IS NULL OR since <= now()) AND (until IS NULL OR until > now())
)
ORDER BY person.id
LIMIT $3

-- roles --
-- What these people hold now, in the places that the caller may know of.
SELECT held.person_id, held.role, copropiedad.id AS copropiedad_id, copropiedad.name AS copropiedad,
       unit.id AS unit_id, unit.tower, unit.label
FROM membership AS held
LEFT JOIN unit ON held.scope_kind = 'unit' AND unit.id = held.scope_id
LEFT JOIN copropiedad
  ON copropiedad.id = coalesce(unit.copropiedad_id, CASE WHEN held.scope_kind = 'copropiedad' THEN held.scope_id END)
WHERE held.person_id = ANY ($1::text[]) AND NOT held.removed
  AND (held.since IS NULL OR held.since <= now()) AND (held.until IS NULL OR held.until > now())
  AND ($2::text[] IS NULL OR copropiedad.id = ANY ($2))
ORDER BY held.person_id, copropiedad.name, held.role, unit.tower, unit.label

-- source --
-- The system that wrote the entry last: it alone may correct it.
SELECT source FROM directory_version WHERE kind = $1 AND id = $2 ORDER BY version DESC LIMIT 1

-- units_called --
-- Each word of what was written is a word of the unit: `T1 302`, `torre 1 apto 302`.
SELECT id FROM unit
WHERE ($2::text IS NULL OR copropiedad_id = $2) AND ($3::text[] IS NULL OR copropiedad_id = ANY ($3))
  AND words LIKE '%' || split_part(btrim(search_words($1)), ' ', -1) || '%'
  AND string_to_array(btrim(words), ' ') @> string_to_array(btrim(search_words($1)), ' ')
ORDER BY id
LIMIT 2

-- household --
-- Who else lives in, or owns, the units of a person now.
SELECT DISTINCT ON (unit.copropiedad_id, unit.tower, unit.label, unit.id, other.name, other.id)
       unit.id AS unit_id, unit.tower, unit.label, unit.copropiedad_id, copropiedad.name AS copropiedad,
       other.id AS person, other.name, other.role
FROM membership AS mine
JOIN unit ON mine.scope_kind = 'unit' AND unit.id = mine.scope_id
JOIN copropiedad ON copropiedad.id = unit.copropiedad_id
CROSS JOIN LATERAL (
    SELECT id, name, role FROM member WHERE scope_kind = 'unit' AND scope_id = unit.id AND role <> 'staff'
    OFFSET 0
) AS other
WHERE mine.person_id = $1 AND NOT mine.removed AND other.id <> $1
  AND (mine.since IS NULL OR mine.since <= now()) AND (mine.until IS NULL OR mine.until > now())
  AND ($2::text[] IS NULL OR unit.copropiedad_id = ANY ($2))
ORDER BY unit.copropiedad_id, unit.tower, unit.label, unit.id, other.name, other.id, other.role
LIMIT 40

-- duplicates --
-- Whoever shares an address or a number and has a like name, or the same name in the same unit. Families share both
-- telephones and surnames: so a name must be like as a whole.
WITH mine AS (
    SELECT id, name_words, contact_points FROM person WHERE id = $1 AND NOT removed
), found AS (
    SELECT other.id, other.name, point.kind AS why
    FROM mine CROSS JOIN LATERAL jsonb_to_recordset(mine.contact_points) AS point (kind text, value text)
    CROSS JOIN LATERAL (
        SELECT id, name, name_words, contact_points FROM person
        WHERE NOT removed AND address_words LIKE '%' || lower(point.value) || '%'
        OFFSET 0
    ) AS other
    WHERE point.kind <> 'push' AND similarity(other.name_words, mine.name_words) >= 0.4
      AND other.contact_points @> jsonb_build_array(jsonb_build_object('kind', point.kind, 'value', point.value))
    UNION ALL
    SELECT other.id, other.name, 'unit' FROM mine
    JOIN membership AS held ON held.person_id = mine.id AND held.scope_kind = 'unit' AND NOT held.removed
    CROSS JOIN LATERAL (
        SELECT id, name FROM member WHERE scope_kind = 'unit' AND scope_id = held.scope_id OFFSET 0
    ) AS other
    WHERE search_words(other.name) = mine.name_words
)
SELECT DISTINCT ON (found.id) found.id AS person, found.name, found.why FROM found
JOIN membership AS role ON role.person_id = found.id AND NOT role.removed AND (role.until IS NULL OR role.until > now())
LEFT JOIN unit ON role.scope_kind = 'unit' AND unit.id = role.scope_id
WHERE found.id <> $1
  AND ($2::text[] IS NULL OR coalesce(unit.copropiedad_id, role.scope_id) = ANY ($2))
ORDER BY found.id, found.why
LIMIT 10

-- duplicates_of_place --
-- By groups: all pairs of a large building would be millions.
WITH known AS (
    SELECT DISTINCT person.id, person.name, person.name_words, person.contact_points, unit.id AS unit
    FROM unit CROSS JOIN LATERAL (
        SELECT person_id FROM membership
        WHERE scope_kind = 'unit' AND scope_id = unit.id AND NOT removed AND role <> 'staff'
          AND (until IS NULL OR until > now())
        OFFSET 0
    ) AS held
    JOIN person ON person.id = held.person_id AND NOT person.removed
    WHERE unit.copropiedad_id = $1
), alike AS (
    SELECT point.kind AS why, array_agg(DISTINCT known.id) AS ids
    FROM known CROSS JOIN LATERAL jsonb_to_recordset(known.contact_points) AS point (kind text, value text)
    WHERE point.kind <> 'push'
    GROUP BY point.kind, point.value HAVING count(DISTINCT known.id) BETWEEN 2 AND 6
    UNION ALL
    SELECT 'unit', array_agg(DISTINCT id) FROM known GROUP BY unit, name_words HAVING count(DISTINCT id) > 1
)
SELECT DISTINCT ON (one.name, one.id, other.id)
       one.id AS person, one.name, other.id AS other, other.name AS other_name, alike.why
FROM alike CROSS JOIN LATERAL unnest(ids) AS first (id) CROSS JOIN LATERAL unnest(ids) AS second (id)
JOIN person AS one ON one.id = first.id JOIN person AS other ON other.id = second.id
WHERE first.id < second.id AND (why = 'unit' OR similarity(one.name_words, other.name_words) >= 0.4)
ORDER BY one.name, one.id, other.id, alike.why
LIMIT 200

-- roles_of --
-- What a person holds now, of whatever place.
SELECT id FROM membership
WHERE person_id = $1 AND NOT removed AND (until IS NULL OR until > now())
ORDER BY id

-- add_join --
INSERT INTO person_join (id, by, kept, other, written) VALUES ($1, $2, $3, $4, $5)

-- joins --
-- Those of a person, from either side, that may still be taken back.
SELECT person_join.id, at, by, kept, other, coalesce(person.name, '') AS name FROM person_join
LEFT JOIN person ON person.id = CASE WHEN kept = $1 THEN other ELSE kept END
WHERE (kept = $1 OR other = $1) AND undone_at IS NULL
ORDER BY at DESC LIMIT 5

-- end_join --
UPDATE person_join SET undone_at = now() WHERE id = $1 AND kept = $2 AND undone_at IS NULL RETURNING written

-- dead --
SELECT md5((SELECT address_mark('')) || address || ' ' || channel)::uuid AS id, address, channel, reason, code, since, expires_at, lifted_at
FROM suppression WHERE address = ANY ($1::text[])
ORDER BY since DESC

-- terms --
WITH mine AS (
    SELECT DISTINCT id FROM directory_version WHERE kind = 'membership' AND data ->> 'person_id' = $1
)
SELECT mine.id, held.role, held.scope, copropiedad.id AS copropiedad_id, copropiedad.name AS copropiedad, unit.tower,
       unit.label, begun.since, coalesce(CASE WHEN newest.removed THEN newest.since END, held.until) AS ended_at
FROM mine
CROSS JOIN LATERAL (
    SELECT data ->> 'role' AS role, data ->> 'scope' AS scope, until FROM directory_version
    WHERE kind = 'membership' AND id = mine.id AND data ? 'role'
    ORDER BY version DESC LIMIT 1
) AS held
CROSS JOIN LATERAL (
    SELECT since FROM directory_version
    WHERE kind = 'membership' AND id = mine.id AND data ? 'role'
    ORDER BY version LIMIT 1
) AS begun
CROSS JOIN LATERAL (
    SELECT since, removed FROM directory_version WHERE kind = 'membership' AND id = mine.id ORDER BY version DESC LIMIT 1
) AS newest
LEFT JOIN unit ON starts_with(held.scope, 'unit:') AND unit.id = substr(held.scope, 6)
LEFT JOIN copropiedad ON copropiedad.id = coalesce(
    unit.copropiedad_id, CASE WHEN starts_with(held.scope, 'copropiedad:') THEN substr(held.scope, 13) END
)
WHERE $2::text[] IS NULL OR copropiedad.id = ANY ($2)
ORDER BY begun.since DESC, mine.id

-- cases --
-- Of the last messages: a case of years ago is in the list of messages.
SELECT newest.case_key AS case, newest.event, newest.at, opened.type AS opened_type, opened.data AS opened_data,
       coalesce(newest.copropiedad_id, opened.copropiedad_id) AS copropiedad_id, unit.tower, unit.label
FROM (
    SELECT * FROM (
        SELECT DISTINCT ON (event.case_key) event.case_key, message.event, message.created_at AS at, message.copropiedad_id
        FROM (
            SELECT event_key, event, created_at, copropiedad_id FROM message
            WHERE person = $1 AND ($3::text[] IS NULL OR copropiedad_id = ANY ($3))
            ORDER BY created_at DESC LIMIT 500
        ) AS message
        JOIN event ON event.key = message.event_key
         AND event.key BETWEEN moment_start(message.event_key) AND moment_end(message.event_key)
        WHERE event.case_key IS NOT NULL
        ORDER BY event.case_key, message.created_at DESC
    ) AS each
    ORDER BY at DESC
    LIMIT $2
) AS newest
LEFT JOIN LATERAL (
    SELECT type, data, copropiedad_id FROM event
    WHERE event.case_key = newest.case_key AND ($3 IS NULL OR copropiedad_id = ANY ($3))
    ORDER BY time, key LIMIT 1
) AS opened ON true
LEFT JOIN unit ON starts_with(newest.case_key, 'unit_id:') AND unit.id = substr(newest.case_key, 9)
ORDER BY newest.at DESC

-- lately --
-- The last message of each channel.
SELECT DISTINCT ON (channel) channel, state, reason, created_at AS at FROM (
    SELECT channel, state, reason, created_at FROM message
    WHERE person = $1 AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))
    ORDER BY created_at DESC LIMIT 500
) AS message
ORDER BY channel, created_at DESC

-- replies --
SELECT reply.id, reply.at, reply.kind, reply.channel, reply.case_key AS case
FROM message JOIN reply ON reply.message_id = message.id
WHERE message.person = $1 AND ($3::text[] IS NULL OR message.copropiedad_id = ANY ($3))
ORDER BY reply.at DESC, reply.id
LIMIT $2

-- homes --
-- The copropiedades of people, for callers who may see only some of them.
SELECT 'person:' || member.id AS ref, coalesce(unit.copropiedad_id, member.scope_id) AS place
FROM member LEFT JOIN unit ON member.scope_kind = 'unit' AND unit.id = member.scope_id
WHERE member.id = ANY ($1::text[]) AND member.scope_kind <> 'company'
UNION
SELECT 'unit:' || id, copropiedad_id FROM unit WHERE id = ANY ($2::text[])
