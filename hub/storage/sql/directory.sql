The directory: writes `directory.*` events and looks up people.
Only a greater version replaces a row. A removed row keeps its version and nothing else.
Versions of people with former contacts that are to be notified.

-- in_force --
-- People are locked: a change takes from them the contact points that they have when it is written.
WITH somebody AS (
    SELECT id, version, name, contact_points FROM person WHERE id = ANY ($3::text[]) ORDER BY id FOR NO KEY UPDATE
), known AS (
    SELECT 'copropiedad' AS noun, id, version, NULL AS name, NULL::jsonb AS contact_points
    FROM copropiedad WHERE id = ANY ($1::text[])
    UNION ALL SELECT 'unit', id, version, NULL, NULL FROM unit WHERE id = ANY ($2::text[])
    UNION ALL SELECT 'person', id, version, name, contact_points FROM somebody
    UNION ALL SELECT 'membership', id, version, NULL, NULL FROM membership WHERE id = ANY ($4::text[])
    UNION ALL SELECT 'leave', id, version, NULL, NULL FROM leave WHERE id = ANY ($5::text[])
    UNION ALL SELECT 'rota', id, version, NULL, NULL FROM rota WHERE id = ANY ($6::text[])
)
SELECT now() AS at, known.* FROM (SELECT) AS always LEFT JOIN known ON true

-- copropiedad --
INSERT INTO copropiedad (id, version, name, address, towers, branding, brand, timezone, desk)
SELECT * FROM unnest(
    $1::text[], $2::bigint[], $3::text[], $4::text[], $5::jsonb[], $6::jsonb[], $7::bytea[], $8::text[], $9::jsonb[]
)
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, name = excluded.name, address = excluded.address,
    towers = excluded.towers, branding = excluded.branding, brand = excluded.brand,
    timezone = excluded.timezone, desk = excluded.desk
WHERE excluded.version > copropiedad.version
RETURNING id

-- brandings --
SELECT id, name, branding FROM copropiedad WHERE branding IS NOT NULL ORDER BY id

-- keep_brands --
INSERT INTO template_version (digest, sources) SELECT * FROM unnest($1::bytea[], $2::bytea[]) ON CONFLICT DO NOTHING

-- unit --
INSERT INTO unit (id, version, copropiedad_id, tower, floor, label, coefficient)
SELECT * FROM unnest(
    $1::text[], $2::bigint[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::float8[]
)
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, copropiedad_id = excluded.copropiedad_id, tower = excluded.tower,
    floor = excluded.floor, label = excluded.label, coefficient = excluded.coefficient
WHERE excluded.version > unit.version
RETURNING id

-- person --
INSERT INTO person (
    id, version, removed, name, locale, digital_access, document_hash, contact_points, contact_points_given,
    large_print
)
SELECT * FROM unnest(
    $1::text[], $2::bigint[], $3::bool[], $4::text[], $5::text[], $6::bool[], $7::text[], $8::jsonb[], $9::jsonb[],
    $10::bool[]
)
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, removed = excluded.removed, name = excluded.name,
    locale = excluded.locale, digital_access = excluded.digital_access,
    document_hash = excluded.document_hash, contact_points = excluded.contact_points,
    contact_points_given = excluded.contact_points_given, large_print = excluded.large_print
WHERE excluded.version > person.version
RETURNING id

-- membership --
INSERT INTO membership (
    id, version, removed, person_id, scope_kind, scope_id, role, duty, level, service_area, since, until,
    on_call, direction, hours
)
SELECT * FROM unnest(
    $1::text[], $2::bigint[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::smallint[], $10::text[], $11::timestamptz[], $12::timestamptz[],
    $13::bool[], $14::bool[], $15::jsonb[]
)
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, removed = excluded.removed, person_id = excluded.person_id,
    scope_kind = excluded.scope_kind, scope_id = excluded.scope_id, role = excluded.role,
    duty = excluded.duty, level = excluded.level, service_area = excluded.service_area,
    since = excluded.since, until = excluded.until,
    on_call = excluded.on_call, direction = excluded.direction, hours = excluded.hours
WHERE excluded.version > membership.version
RETURNING id

-- leave --
INSERT INTO leave (id, version, removed, since, until, person_id, delegate_id)
SELECT * FROM unnest(
    $1::text[], $2::bigint[], $3::bool[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[]
)
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, removed = excluded.removed, since = excluded.since,
    until = excluded.until, person_id = excluded.person_id, delegate_id = excluded.delegate_id
WHERE excluded.version > leave.version
RETURNING id

-- rota --
INSERT INTO rota (id, version, removed, scope_kind, scope_id, duty, shifts)
SELECT * FROM unnest(
    $1::text[], $2::bigint[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::jsonb[]
)
ON CONFLICT (id) DO UPDATE
SET version = excluded.version, removed = excluded.removed, scope_kind = excluded.scope_kind,
    scope_id = excluded.scope_id, duty = excluded.duty, shifts = excluded.shifts
WHERE excluded.version > rota.version
RETURNING id

-- set_back --
-- `table` is one of the kinds above.
UPDATE {table} SET version = $2 - 1 WHERE id = $1 AND version >= $2

-- forget_later --
DELETE FROM directory_version WHERE kind = $1 AND id = $2 AND version >= $3

-- keep --
INSERT INTO directory_version (kind, id, version, time, since, until, removed, data, source, to_notify)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
    $7::bool[], $8::jsonb[], $9::text[], $10::jsonb[]
)
ON CONFLICT DO NOTHING

-- forget --
-- The history of a removed person keeps no name and no address, for events in any order.
UPDATE directory_version SET data = '{}', to_notify = NULL
WHERE kind = 'person' AND id = ANY ($1::text[]) AND NOT removed AND data <> '{}'
  AND EXISTS (
      SELECT FROM directory_version AS later
      WHERE later.kind = 'person' AND later.id = directory_version.id
        AND later.removed AND later.version > directory_version.version
  )

-- places --
SELECT id, copropiedad_id FROM unit WHERE id = ANY ($1::text[])

-- people --
SELECT id, name, locale, digital_access, contact_points,
       EXISTS (SELECT FROM any_hour WHERE person_id = person.id) AS any_hour,
       (SELECT weeks FROM own_hours WHERE person_id = person.id) AS weeks,
       (SELECT wishes FROM wish WHERE wish.person = person.id) AS wishes,
       (SELECT mark FROM marked WHERE marked.person = person.id) AS mark
FROM person
WHERE id = ANY ($1::text[]) AND NOT removed

-- of_units --
-- OFFSET 0 keeps the planner from scanning all memberships first, as it does before the first ANALYZE. The roles are
-- compared outside: inside, it would take all memberships with that role.
SELECT member.*, unit.tower, unit.label FROM unnest($1::text[]) AS asked (unit_id)
CROSS JOIN LATERAL (
    SELECT * FROM member WHERE scope_kind = 'unit' AND scope_id = asked.unit_id
    OFFSET 0
) AS member
LEFT JOIN unit ON unit.id = asked.unit_id
WHERE member.role = ANY ($2::text[])

-- staff_by_duty --
SELECT *, EXISTS (SELECT FROM any_hour WHERE person_id = member.id) AS any_hour,
       (SELECT weeks FROM own_hours WHERE person_id = member.id) AS weeks
FROM member
WHERE duty = ANY ($1::text[])
  AND (scope_kind = 'company' OR (scope_kind = 'copropiedad' AND scope_id = ANY ($2::text[])))

-- staff_by_level --
SELECT *, EXISTS (SELECT FROM any_hour WHERE person_id = member.id) AS any_hour,
       (SELECT weeks FROM own_hours WHERE person_id = member.id) AS weeks
FROM member
WHERE level = ANY ($1::smallint[])
  AND (scope_kind = 'company' OR (scope_kind = 'copropiedad' AND scope_id = ANY ($2::text[])))

-- staff_flagged --
SELECT *, EXISTS (SELECT FROM any_hour WHERE person_id = member.id) AS any_hour,
       (SELECT weeks FROM own_hours WHERE person_id = member.id) AS weeks
FROM member
WHERE ((on_call AND 'on_call' = ANY ($1::text[])) OR (direction AND 'direction' = ANY ($1)))
  AND (scope_kind = 'company' OR (scope_kind = 'copropiedad' AND scope_id = ANY ($2::text[])))

-- rotas --
SELECT scope_id, duty, shifts, now() AS at FROM rota
WHERE NOT removed AND duty = ANY ($1::text[])
  AND (scope_kind = 'company' OR (scope_kind = 'copropiedad' AND scope_id = ANY ($2::text[])))

-- away --
-- UNION drops repeated rows, so the recursion ends when two people are delegates of each other.
WITH RECURSIVE away AS (
    SELECT person_id, delegate_id FROM leave
    WHERE person_id = ANY ($1::text[]) AND NOT removed AND since <= now() AND until > now()
    UNION
    SELECT leave.person_id, leave.delegate_id
    FROM away JOIN leave ON leave.person_id = away.delegate_id
    WHERE NOT leave.removed AND leave.since <= now() AND leave.until > now()
)
SELECT away.person_id, person.id AS delegate_id
FROM away LEFT JOIN person ON person.id = away.delegate_id AND NOT person.removed

-- page --
-- People who belong to the whole copropiedad are included with every tower: nobody is left out.
-- `units` holds tower and label of each unit of the person; a unit appears twice for two roles in it.
-- Whoever has a role of $7 and none of $2 lives elsewhere, and comes after the others (turn 2); before them comes who
-- lives in none of the towers $9 (turn 1). $8 is the turn at which the page before ended. To know the turns, the roles
-- of everybody are read, also of people whom an earlier page had. Where the directory lacks one of the towers, or
-- somebody's tower, they count as named: to keep an instruction from somebody in danger is worse.
WITH asked AS (
    SELECT of_unit.*, ARRAY[unit.tower, unit.label] AS unit FROM unit
    CROSS JOIN LATERAL (
        SELECT person_id, since, until, role FROM membership
        WHERE scope_kind = 'unit' AND scope_id = unit.id
          AND role = ANY ($2::text[] || $7::text[]) AND NOT removed
          AND (person_id > $4 OR cardinality($7) > 0 OR cardinality($9::text[]) > 0)
          AND ($6::text IS NULL OR service_area = $6)
        OFFSET 0
    ) AS of_unit
    WHERE unit.copropiedad_id = $1 AND (cardinality($3::text[]) = 0 OR unit.tower = ANY ($3))
    UNION ALL
    SELECT person_id, since, until, role, NULL FROM membership
    WHERE scope_kind = 'copropiedad' AND scope_id = $1
      AND role = ANY ($2 || $7) AND (person_id > $4 OR cardinality($7) > 0 OR cardinality($9) > 0) AND NOT removed
      AND ($6 IS NULL OR service_area = $6)
), named AS (
    SELECT cardinality($9) > 0 AND cardinality($9) = count(DISTINCT tower) AS towers
    FROM unit WHERE copropiedad_id = $1 AND tower = ANY ($9)
), known AS (
    SELECT person_id, CASE
               WHEN NOT bool_or(role = ANY ($2)) THEN 2
               WHEN (SELECT towers FROM named) AND NOT bool_or(coalesce(unit[1] = ANY ($9), true) AND role = ANY ($2))
               THEN 1 ELSE 0 END AS turn,
           array_agg(unit) FILTER (WHERE unit IS NOT NULL AND role = ANY ($2)) AS here,
           array_agg(unit) FILTER (WHERE unit IS NOT NULL) AS units
    FROM asked
    WHERE (since IS NULL OR since <= now()) AND (until IS NULL OR until > now())
    GROUP BY person_id
), candidate AS (
    SELECT person_id, turn, CASE turn WHEN 2 THEN units ELSE here END AS units FROM known
    WHERE (turn, person_id) > ($8::int, $4)
)
SELECT id, name, locale, digital_access, contact_points, units, turn,
       -- Skipped for residents, because it costs a lookup.
       'staff' = ANY ($2) AND EXISTS (SELECT FROM any_hour WHERE any_hour.person_id = person.id) AS any_hour,
       CASE WHEN 'staff' = ANY ($2) THEN (
           SELECT weeks FROM own_hours WHERE own_hours.person_id = person.id
       ) END AS weeks,
       (SELECT wishes FROM wish WHERE wish.person = person.id) AS wishes,
       (SELECT mark FROM marked WHERE marked.person = person.id) AS mark
FROM (SELECT * FROM candidate ORDER BY turn, person_id) AS ordered
JOIN person ON person.id = ordered.person_id AND NOT person.removed
ORDER BY turn, person_id
LIMIT $5

-- chosen --
-- Of a communication's part. Whoever has left the directory since is not told.
SELECT id, name, locale, digital_access, contact_points, chosen.units,
       EXISTS (SELECT FROM any_hour WHERE any_hour.person_id = person.id) AS any_hour,
       (SELECT wishes FROM wish WHERE wish.person = person.id) AS wishes,
       (SELECT mark FROM marked WHERE marked.person = person.id) AS mark
FROM communication_person AS chosen
JOIN person ON person.id = chosen.person AND NOT person.removed
WHERE chosen.plan = $1 AND chosen.part = $2 AND chosen.person > $3
ORDER BY chosen.person
LIMIT $4

-- everywhere --
-- One scan per role: the index returns each role in page order, and no scan reads more than one page.
WITH candidate AS (
    SELECT DISTINCT of_role.id FROM unnest($1::text[]) AS asked (role)
    CROSS JOIN LATERAL (
        SELECT DISTINCT membership.person_id AS id
        FROM membership JOIN person ON person.id = membership.person_id AND NOT person.removed
        WHERE membership.role = asked.role AND membership.person_id > $2 AND NOT membership.removed
          AND (membership.since IS NULL OR membership.since <= now())
          AND (membership.until IS NULL OR membership.until > now())
          AND ($4::text IS NULL OR membership.service_area = $4)
        ORDER BY membership.person_id
        LIMIT $3
    ) AS of_role
)
SELECT id, name, locale, digital_access, contact_points,
       'staff' = ANY ($1) AND EXISTS (SELECT FROM any_hour WHERE any_hour.person_id = person.id) AS any_hour,
       CASE WHEN 'staff' = ANY ($1) THEN (
           SELECT weeks FROM own_hours WHERE own_hours.person_id = person.id
       ) END AS weeks,
       (SELECT wishes FROM wish WHERE wish.person = person.id) AS wishes,
       (SELECT mark FROM marked WHERE marked.person = person.id) AS mark
FROM (SELECT id AS ref FROM candidate ORDER BY id LIMIT $3) AS ordered
JOIN person ON person.id = ordered.ref
ORDER BY id

-- unnotified --
SELECT id AS person, version, received_at AS at, coalesce(source, '') AS source, to_notify,
       EXISTS (SELECT FROM marked WHERE marked.person = directory_version.id) AS marked
FROM directory_version
WHERE to_notify IS NOT NULL
ORDER BY position
LIMIT $1

-- mark_notified --
UPDATE directory_version SET to_notify = NULL
FROM unnest($1::text[], $2::bigint[]) AS done (id, version)
WHERE kind = 'person' AND directory_version.id = done.id AND directory_version.version = done.version
