Events, and the parties of their cases.

A month is a partition, and a plan is kept for all months. So each statement names the range of its keys in parameters,
which are known before it runs: it opens no other month. The planner takes the range of an empty month for one row; a
join to it would read all of it when it has filled. OFFSET 0, or the keys once more, makes it look up each row.

-- add --
-- (id, source) is unique within a month. A duplicate with another time may be in the month before or after.
-- Also whose the case is: of who opens it, and until then of who came first. Its lock makes the others wait.
WITH given AS (
    SELECT * FROM unnest(
        $1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::jsonb[], $13::jsonb[], $14::bool[], $15::bool[], $16::bool[]
    ) AS given (
        key, source, id, type, time, case_key, copropiedad_id, unit_id,
        subject, datacontenttype, dataschema, data, extensions, planned, waiting, opens
    )
), added AS (
    INSERT INTO event (
        key, source, id, type, time, case_key, copropiedad_id, unit_id,
        subject, datacontenttype, dataschema, data, extensions, planned_at, waiting, content
    )
    SELECT key, source, id, type, time, case_key, copropiedad_id, unit_id,
           subject, datacontenttype, dataschema, data, extensions, CASE WHEN planned THEN now() END, waiting,
           hashtextextended(concat(type, data), 0)
    FROM given
    WHERE NOT EXISTS (
        SELECT FROM event AS known
        WHERE known.id = given.id AND known.source = given.source AND known.key BETWEEN $17 AND $18
        OFFSET 0
    )
    ON CONFLICT DO NOTHING
    RETURNING key, source, id, copropiedad_id
), found AS (
    SELECT added.*, given.case_key, given.time, given.opens, owner.source AS owner, owner.opened
    FROM added
    JOIN given USING (key)
    LEFT JOIN LATERAL (
        SELECT case_owner.source, case_owner.opened FROM case_owner
        WHERE case_owner.case_key = given.case_key AND given.opens IS NOT NULL
        OFFSET 0
    ) AS owner ON true
), taken AS (
    INSERT INTO case_owner (case_key, source, opened)
    SELECT DISTINCT ON (case_key) case_key, source, opens FROM found
    WHERE opens IS NOT NULL AND case_key IS NOT NULL AND (owner IS NULL OR opens AND NOT opened)
    ORDER BY case_key, opens DESC, time, key
    ON CONFLICT (case_key) DO UPDATE SET source = excluded.source, opened = true
    WHERE excluded.opened AND NOT case_owner.opened
    RETURNING case_key, source, opened
)
SELECT found.key, found.copropiedad_id IS NULL
    OR EXISTS (SELECT FROM copropiedad WHERE copropiedad.id = found.copropiedad_id)
    OR EXISTS (SELECT FROM unit WHERE unit.copropiedad_id = found.copropiedad_id) AS place_known,
    EXISTS (SELECT FROM recall WHERE recall.source = found.source AND recall.event_id = found.id) AS recalled,
    nullif(coalesce(found.owner, taken.source), found.source) AS owner,
    coalesce(found.opened, taken.opened) AS opened
FROM found
LEFT JOIN taken ON taken.case_key = found.case_key AND found.opens IS NOT NULL

-- other_content --
-- A digest, for erasures change the data, and forget it. Events of an older hub have none.
SELECT key
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[]) AS given (key, source, id, type, data)
WHERE EXISTS (
    SELECT FROM event AS known
    WHERE known.id = given.id AND known.source = given.source AND known.key BETWEEN $6 AND $7
      AND known.content <> hashtextextended(concat(given.type, given.data), 0)
    OFFSET 0
)

-- owners --
SELECT case_key, source FROM case_owner WHERE case_key = ANY ($1::text[]) AND opened

-- expel --
-- What other systems have added to cases that nobody had opened yet is no part of them.
WITH strangers AS (
    UPDATE event SET case_key = NULL, waiting = false
    WHERE case_key = ANY ($1::text[]) AND source <> $2
), named AS (
    DELETE FROM party WHERE case_key = ANY ($1::text[])
), folded AS (
    DELETE FROM case_state WHERE case_key = ANY ($1::text[])
)
DELETE FROM case_owner WHERE case_key = ANY ($1::text[])

-- mark_planned --
UPDATE event SET planned_at = now(), waiting = false WHERE key = ANY ($1::uuid[]) AND key BETWEEN $2 AND $3

-- place --
UPDATE event
SET copropiedad_id = coalesce(event.copropiedad_id, given.copropiedad_id),
    unit_id = coalesce(event.unit_id, given.unit_id)
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (key, copropiedad_id, unit_id)
WHERE event.key = given.key AND event.key = ANY ($1::uuid[]) AND event.key BETWEEN $4 AND $5

-- unplanned --
SELECT key FROM event WHERE key = ANY ($1::uuid[]) AND planned_at IS NULL AND key BETWEEN $2 AND $3

-- waiting --
-- As the index of those that wait is written: the one of all events of the case is never read.
SELECT * FROM event WHERE case_key || '' = ANY ($1::text[]) AND waiting ORDER BY time, key

-- by_key --
SELECT * FROM event WHERE key = ANY ($1::uuid[]) AND key BETWEEN $2 AND $3

-- add_parties --
INSERT INTO party (case_key, who, recipients, since)
SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[], $4::timestamptz[])
ON CONFLICT (case_key, who) DO UPDATE SET recipients = excluded.recipients, since = excluded.since
WHERE excluded.since > party.since

-- parties --
SELECT case_key, who, recipients FROM party WHERE case_key = ANY ($1::text[])

-- since --
SELECT event.*
FROM unnest($1::text[], $2::timestamptz[]) AS given (case_key, since)
CROSS JOIN LATERAL (
    SELECT * FROM event
    WHERE event.case_key = given.case_key AND event.time >= coalesce(given.since, '-infinity') AND event.key >= $3
    OFFSET 0
) AS event
ORDER BY event.case_key, event.time, event.id
