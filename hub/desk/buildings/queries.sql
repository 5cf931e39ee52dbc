Buildings as the desk looks at them. `<best>` is the statement of that name in storage/sql/reach.sql.

-- buildings --
SELECT id, name, address, (SELECT count(*) FROM unit WHERE copropiedad_id = copropiedad.id)::int AS units
FROM copropiedad
WHERE $1::text[] IS NULL OR id = ANY ($1)
ORDER BY name, id

-- towers --
SELECT unit.tower, count(*)::int AS units, count(*) FILTER (WHERE best.reach = 4)::int AS reachable
FROM unit CROSS JOIN LATERAL (<best>) AS best
WHERE unit.copropiedad_id = $3
GROUP BY unit.tower
ORDER BY unit.tower NULLS LAST

-- doors --
-- A page of one tower: what its people have is read of these units alone.
SELECT unit.id AS unit, unit.tower, unit.label, unit.floor, best.reach, best.people::int AS people,
       coalesce(best.ways, '{}') AS ways,
       (SELECT name FROM member WHERE scope_kind = 'unit' AND scope_id = unit.id AND role <> 'staff'
        ORDER BY role NOT IN ('resident', 'tenant'), name LIMIT 1) AS who
FROM (
    SELECT * FROM unit WHERE copropiedad_id = $3 AND tower IS NOT DISTINCT FROM $4
    ORDER BY floor DESC NULLS LAST, length(label), label, id
    OFFSET $5 LIMIT $6
) AS unit
CROSS JOIN LATERAL (<best>) AS best
ORDER BY unit.floor DESC NULLS LAST, length(unit.label), unit.label, unit.id

-- told --
-- By person, as the messages of an event are indexed.
SELECT DISTINCT membership.scope_id AS unit_id, message.state, message.channel, message.reason
FROM membership JOIN message ON message.event_key = $2 AND message.person = membership.person_id
 AND message.id BETWEEN moment_start($2) AND moment_end($2)
WHERE membership.scope_kind = 'unit' AND membership.scope_id = ANY ($1::text[]) AND NOT membership.removed
  AND membership.role <> 'staff'

-- events --
-- Of the newest messages of each state: who asks for an older event has its page.
SELECT event_key AS key, max(event) AS event, max(created_at) AS at, count(DISTINCT person)::int AS people
FROM unnest($2::text[]) AS asked (state)
CROSS JOIN LATERAL (
    SELECT event_key, event, created_at, person FROM message
    WHERE copropiedad_id = $1 AND state = asked.state AND purpose <> 'internal'
    ORDER BY created_at DESC LIMIT 300
) AS newest
GROUP BY event_key
HAVING count(DISTINCT person) > 1
ORDER BY at DESC
LIMIT $3
