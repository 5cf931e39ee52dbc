Communications: drafts, plans, parts and the people that were chosen. `{fields}` are those of `Communication`.

-- add --
INSERT INTO communication (id, kind, origin, title, words, draft, places, by, person, made_at, changed_at, corrects)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)
ON CONFLICT (id) DO NOTHING

-- save --
-- A draft that has not changed since it was read. A plan of the version before no longer counts, and whoever was asked
-- to release that is asked no more.
WITH saved AS (
    UPDATE communication
    SET kind = $3, title = $4, words = $5, draft = $6, places = $7, version = version + 1, changed_at = $8,
        why = NULL, state = 'draft', writers = ARRAY(SELECT DISTINCT unnest(writers || $9::text[]) ORDER BY 1)
    WHERE id = $1 AND version = $2 AND state IN ('draft', 'waiting') AND origin <> 'event'
    RETURNING {fields}
), voided AS (
    UPDATE approval SET verdict = 'void', at = $8, reason = 'changed'
    FROM saved WHERE approval.communication = saved.id AND verdict IS NULL
)
SELECT * FROM saved

-- unchanged --
SELECT FROM communication WHERE id = $1 AND version = $2 AND state = $3 FOR UPDATE

-- same_plan --
SELECT FROM communication_plan WHERE id = $1 AND digest = $2 AND state = 'ready'

-- find --
SELECT {fields} FROM communication WHERE id = $1 AND {reached}

-- list --
SELECT {fields} FROM communication
WHERE (changed_at, id) < ($1, $2) AND {reached}
  AND ($6::text IS NULL OR state = $6)
  AND ($7::text IS NULL OR kind = $7)
  AND ($8::text IS NULL OR places @> ARRAY[$8])
ORDER BY changed_at DESC, id DESC
LIMIT $3

-- reached --
-- $4: the copropiedades of the operator, $5: who it is. A draft that names none is its author's.
($4::text[] IS NULL OR (places <@ $4 AND (places <> '{}' OR by = $5)))

-- move --
-- What stops waiting without a decision is void: nobody is asked any more. The event of another system is paused and
-- cancelled as any event: not by its review.
WITH moved AS (
    UPDATE communication
    SET state = $3, why = $4, cause = $5, changed_at = $6,
        plan = coalesce($7, plan),
        starts_at = CASE WHEN $3 = 'scheduled' THEN $8 WHEN $3 = 'draft' THEN NULL ELSE starts_at END,
        started_at = CASE WHEN $3 = 'running' THEN coalesce(started_at, $6) ELSE started_at END,
        ended_at = CASE WHEN $3 IN ('done', 'cancelled') THEN $6 WHEN $3 IN ('recalled', 'corrected') THEN ended_at END,
        recall = coalesce($9, recall)
    WHERE id = $1 AND state = ANY ($2) AND NOT (origin = 'event' AND $3 IN ('paused', 'cancelling'))
    RETURNING {fields}
), voided AS (
    UPDATE approval SET verdict = 'void', at = $6, reason = $4
    FROM moved WHERE approval.communication = moved.id AND verdict IS NULL
)
SELECT * FROM moved

-- pause --
-- The first rule before a send holds its messages.
INSERT INTO pause (subject, by, reason) VALUES ('communication:' || $1::uuid, $2, $3) ON CONFLICT DO NOTHING

-- own_pause --
SELECT since, by, reason FROM pause WHERE subject = 'communication:' || $1::uuid

-- end_pause --
DELETE FROM pause WHERE subject = 'communication:' || $1::uuid

-- start_plan --
-- The plans of earlier versions go with it: none of them was sent.
WITH gone AS (
    DELETE FROM communication_plan WHERE communication = $2 AND id <> $1
)
INSERT INTO communication_plan (id, communication, version, made_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET state = 'making', made_at = excluded.made_at, digest = NULL, shown = NULL

-- forget_people --
-- Those of this plan, and those of what ended before $2: who was told stands in the messages.
WITH gone AS (
    DELETE FROM communication_person
    WHERE plan = $1 OR plan = ANY (ARRAY (SELECT plan FROM communication WHERE ended_at < $2))
)
DELETE FROM communication_part WHERE plan = $1

-- add_parts --
INSERT INTO communication_part (plan, part, place, event_id, data, chosen, on_boards)
SELECT $7, * FROM unnest($1::smallint[], $2::text[], $3::text[], $4::jsonb[], $5::boolean[], $6::boolean[])

-- add_people --
INSERT INTO communication_person (person, part, units, plan)
SELECT person, part, units, $4 FROM unnest($1::text[], $2::smallint[], $3::jsonb[]) AS given (person, part, units)

-- end_plan --
-- Unless somebody has begun it anew since.
UPDATE communication_plan SET state = $2, digest = $3, people = $4, shown = $5
WHERE id = $1 AND made_at = $6 AND state = 'making'

-- plan_of --
SELECT id, communication, version, made_at, state, digest, people, shown FROM communication_plan
WHERE communication = $1 ORDER BY made_at DESC LIMIT 1

-- lease_plan --
-- A large plan, for one process at a time.
UPDATE communication_plan SET leased_until = $2
WHERE id = (
    SELECT id FROM communication_plan
    WHERE state = 'making' AND (leased_until IS NULL OR leased_until <= $1)
    ORDER BY made_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, communication, version, made_at, state, digest, people, shown

-- parts --
SELECT part, place, event_id, data, chosen, on_boards FROM communication_part WHERE plan = $1 ORDER BY part

-- people --
SELECT person, part, coalesce(units, '[]') AS units FROM communication_person WHERE plan = $1 ORDER BY person

-- write_events --
UPDATE communication_part AS part SET event_key = given.key, event = given.event
FROM unnest($1::smallint[], $2::uuid[], $3::bytea[]) AS given (part, key, event)
WHERE part.plan = $4 AND part.part = given.part

-- unpublished --
SELECT part.plan, part.part, part.event
FROM communication JOIN communication_part AS part ON part.plan = communication.plan
WHERE communication.state = 'running' AND part.published_at IS NULL AND part.event IS NOT NULL
ORDER BY communication.started_at, part.part
LIMIT $1
FOR UPDATE OF part SKIP LOCKED

-- published --
UPDATE communication_part SET published_at = $3 WHERE plan = $1 AND part = $2

-- wait_for_parts --
-- A process that publishes some holds them until that is committed.
SELECT FROM communication_part WHERE plan = $1 FOR UPDATE

-- due --
SELECT {fields} FROM communication WHERE state = 'scheduled' AND starts_at <= $1 ORDER BY starts_at LIMIT 20

-- live --
SELECT {fields} FROM communication WHERE state = ANY ($1) ORDER BY started_at

-- lock --
SELECT state, cause FROM communication WHERE id = $1 FOR UPDATE

-- maker --
SELECT coalesce(communication.person, account.person) AS person
FROM communication LEFT JOIN account ON 'account:' || account.name = communication.by
WHERE communication.id = $1

-- event_keys --
SELECT event_key FROM communication_part WHERE plan = $1 AND event_key IS NOT NULL ORDER BY part

-- published_parts --
-- Those that have events: a process that died may have published one and not have marked it. `arrived` is whether
-- intake has it, or it is marked.
SELECT part.event_key, coalesce(held.source, 'urn:hub') AS source, part.event_id, part.place,
       EXISTS (SELECT FROM poster WHERE poster.event_key = part.event_key) AS hung,
       EXISTS (
           SELECT FROM recall
           WHERE recall.source = coalesce(held.source, 'urn:hub') AND recall.event_id = part.event_id
       ) AS recalled,
       part.published_at IS NOT NULL OR EXISTS (SELECT FROM event WHERE event.key = part.event_key) AS arrived
FROM communication_part AS part LEFT JOIN held_event AS held ON held.key = part.event_key
WHERE part.plan = $1 AND part.event_key IS NOT NULL
ORDER BY part.part

-- correction_of --
SELECT {fields} FROM communication WHERE corrects = $1 LIMIT 1

-- opened --
SELECT part.data, coalesce(copropiedad.name, part.place) AS name
FROM communication JOIN communication_part AS part ON part.plan = communication.plan
LEFT JOIN copropiedad ON copropiedad.id = part.place
WHERE communication.kind = $1 AND communication.started_at >= $2
  AND ($3::text[] IS NULL OR part.place = ANY ($3))
ORDER BY communication.started_at DESC, part.part
LIMIT 50

-- case_places --
SELECT DISTINCT case_key AS case, copropiedad_id AS place FROM event
WHERE case_key = ANY ($1::text[]) AND copropiedad_id IS NOT NULL

-- towers --
SELECT DISTINCT tower FROM unit WHERE copropiedad_id = $1 AND tower IS NOT NULL ORDER BY tower

-- homes --
SELECT member.id AS person, coalesce(unit.copropiedad_id, member.scope_id) AS place
FROM member LEFT JOIN unit ON member.scope_kind = 'unit' AND unit.id = member.scope_id
WHERE member.id = ANY ($1::text[]) AND member.scope_kind <> 'company'

-- units_like --
-- By id, by the number that ends a label, or by the whole label. Some tens of thousands are looked at, once a list.
SELECT id, tower, label, copropiedad_id FROM unit
WHERE id = ANY ($1::text[]) OR lower(substring(label FROM '[0-9]+[A-Za-z]?$')) = ANY ($2::text[])
   OR lower(label) = ANY ($3::text[])

-- known --
-- $1 are ids, $2 and $3 kinds and values of contact points: all are compared at once, for a list has thousands.
SELECT id, removed, contact_points FROM person WHERE id = ANY ($1::text[]) OR (cardinality($2::text[]) > 0 AND id IN (
    SELECT person.id FROM person
    CROSS JOIN LATERAL jsonb_to_recordset(contact_points) AS point (kind text, value text)
    JOIN unnest($2, $3::text[]) AS asked (kind, value)
         ON asked.kind = point.kind AND asked.value = lower(point.value)
    WHERE NOT person.removed
))

-- list_rows --
SELECT side, place, person, unit, masked, why FROM communication_row WHERE communication = $1
ORDER BY side, why IS NULL, place

-- forget_rows --
DELETE FROM communication_row WHERE communication = $1 AND side = $2

-- add_rows --
INSERT INTO communication_row (place, person, unit, masked, why, communication, side)
SELECT *, $6::uuid, $7::text FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[])

-- count_units --
SELECT count(*)::int AS n FROM unit WHERE copropiedad_id = ANY ($1::text[])

-- fill_people --
-- What the dry run made of each person.
UPDATE communication_person AS chosen
SET channels = string_to_array(nullif(given.channels, ''), ' '), left_out = given.left_out
FROM unnest($1::text[], $2::text[], $3::text[]) AS given (person, channels, left_out)
WHERE chosen.plan = $4 AND chosen.person = given.person

-- add_found --
-- People whom nobody has chosen, as the dry run found them; of several parts the first.
INSERT INTO communication_person (person, part, channels, left_out, plan)
SELECT DISTINCT ON (person) person, part, string_to_array(nullif(channels, ''), ' '), left_out, $5
FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[]) AS given (person, part, channels, left_out)
ORDER BY person, part
ON CONFLICT DO NOTHING

-- plan_people --
-- $3: only those who are left out, $5: only of these places.
SELECT chosen.person, coalesce(person.name, '') AS name, part.place, coalesce(chosen.units, '[]') AS units,
       coalesce(chosen.channels, '{}') AS channels, chosen.left_out
FROM communication_person AS chosen
JOIN communication_part AS part USING (plan, part)
LEFT JOIN person ON person.id = chosen.person
WHERE chosen.plan = $1 AND chosen.person > $2 AND (NOT $3::bool OR chosen.left_out IS NOT NULL)
  AND ($5::text[] IS NULL OR part.place = ANY ($5))
ORDER BY chosen.person
LIMIT $4

-- accepted --
-- What a provider bills. A text message whose parts are not on record is one.
SELECT message.channel, attempt.provider, attempt.outcome = 'unknown' AS unknown, count(*)::int AS calls,
       coalesce(sum(coalesce((attempt.facts ->> 'parts')::int, 1)) FILTER (WHERE message.channel = 'sms'), 0)::int AS parts
FROM message JOIN attempt ON attempt.message_id = message.id
WHERE message.event_key = ANY ($1) AND message.id BETWEEN $2 AND $3 AND message.audience = ANY ($4)
  AND attempt.message_id BETWEEN $2 AND $3 AND attempt.outcome IN ('accepted', 'unknown')
GROUP BY 1, 2, 3

-- area_of --
-- The area of the company in which somebody works now; no row where that is not one alone.
SELECT min(service_area) AS area FROM membership
WHERE person_id = $1 AND role = 'staff' AND NOT removed
  AND (since IS NULL OR since <= $2) AND (until IS NULL OR until > $2)
HAVING count(DISTINCT service_area) = 1

-- samples --
-- Some people of a plan to look by: of each first channel one, and who has the longest name.
(SELECT chosen.person, person.name FROM communication_person AS chosen JOIN person ON person.id = chosen.person
 WHERE plan = $1 AND NOT person.removed ORDER BY length(person.name) DESC, person.id LIMIT 1)
UNION ALL
(SELECT person, name FROM (
    SELECT DISTINCT ON (chosen.channels) chosen.person, person.name
    FROM communication_person AS chosen JOIN person ON person.id = chosen.person
    WHERE plan = $1 AND NOT person.removed AND chosen.left_out IS NULL
    ORDER BY chosen.channels, chosen.person
) AS each LIMIT 8)

-- reader --
SELECT chosen.part, chosen.units, copropiedad.name AS building, copropiedad.brand
FROM communication_person AS chosen JOIN communication_part AS part USING (plan, part)
LEFT JOIN copropiedad ON copropiedad.id = part.place
WHERE chosen.plan = $1 AND chosen.person = $2 AND ($3::text[] IS NULL OR part.place = ANY ($3))

-- attached --
-- At place 0 stands what is sent: the one file, or the pages of all.
SELECT place, name, sha256, kind, size FROM communication_file JOIN document USING (sha256)
WHERE communication = $1 ORDER BY place

-- forget_files --
DELETE FROM communication_file WHERE communication = $1

-- add_files --
INSERT INTO communication_file (place, name, sha256, communication)
SELECT *, $4::uuid FROM unnest($1::smallint[], $2::text[], $3::bytea[])
