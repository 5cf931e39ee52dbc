Names of people beside rows that have a reference alone: of messages, and of anything in a place.

-- recipients --
-- The person of each message: whom the directory does not have is named as the message names them.
SELECT message.id, message.person AS ref, coalesce(person.name, message.name) AS name, person.id IS NOT NULL AS known,
       message.copropiedad_id, place.name AS building, home.tower, home.label, event.case_key AS case, event.type, event.data
FROM message
LEFT JOIN event ON event.key = message.event_key
LEFT JOIN person ON person.id = message.person AND NOT person.removed
LEFT JOIN copropiedad AS place ON place.id = message.copropiedad_id
LEFT JOIN LATERAL (
    SELECT unit.tower, unit.label FROM membership JOIN unit ON unit.id = membership.scope_id
    WHERE membership.person_id = message.person AND membership.scope_kind = 'unit' AND NOT membership.removed
      AND (unit.copropiedad_id = message.copropiedad_id) IS NOT FALSE
      AND (membership.until IS NULL OR membership.until > now())
    ORDER BY membership.id LIMIT 1
) AS home ON true
WHERE message.id = ANY ($1::uuid[])

-- units --
SELECT id, tower, label FROM unit WHERE id = ANY ($1::text[])

-- residents --
-- Each with one unit of theirs in that building; an empty building is any.
SELECT asked.ref, asked.place AS copropiedad_id, person.name, home.tower, home.label
FROM unnest($1::text[], $2::text[]) AS asked (ref, place)
JOIN person ON person.id = asked.ref AND NOT person.removed
LEFT JOIN LATERAL (
    SELECT unit.tower, unit.label FROM membership JOIN unit ON unit.id = membership.scope_id
    WHERE membership.person_id = asked.ref AND membership.scope_kind = 'unit' AND NOT membership.removed
      AND (asked.place = '' OR unit.copropiedad_id = asked.place) AND (membership.until IS NULL OR membership.until > now())
    ORDER BY membership.id LIMIT 1
) AS home ON true
