Batches of letters: what of one copropiedad is printed together.

-- alone --
-- Two people who print at once: the second one finds what the first has made.
SELECT pg_advisory_xact_lock(hashtextextended('hub print batch ' || coalesce('=' || $1::text, '-'), 0))

-- open --
-- What somebody hands over or recalls at this moment is left out: nobody here waits for a letter, so nothing deadlocks.
SELECT letter.id, coalesce(
           (SELECT (wishes -> 'large_print')::boolean FROM wish WHERE wish.person = letter.person), person.large_print, false
       ) AS large
FROM letter
LEFT JOIN message ON message.id = letter.id
LEFT JOIN person ON person.id = letter.person
WHERE letter.state = 'open' AND message.copropiedad_id IS NOT DISTINCT FROM $1
ORDER BY letter.created_at, letter.id
LIMIT $2
FOR UPDATE OF letter SKIP LOCKED

-- homes --
-- The units of each person in the copropiedad of the message, and the one that the event names.
SELECT message.id AS letter, unit.tower, unit.label, home.own, home.lives, unit.id IS NOT DISTINCT FROM event.unit_id AS named
FROM message
CROSS JOIN LATERAL (
    SELECT unit_id FROM event
    WHERE event.key = message.event_key AND event.key BETWEEN moment_start(message.id) AND moment_end(message.id)
    OFFSET 0
) AS event
CROSS JOIN LATERAL (
    SELECT scope_id AS unit_id, true AS own, bool_or(role IN ('resident', 'tenant')) AS lives
    FROM membership
    WHERE person_id = message.person AND scope_kind = 'unit' AND NOT removed
      AND (since IS NULL OR since <= now()) AND (until IS NULL OR until > now())
    GROUP BY scope_id
    UNION ALL
    SELECT event.unit_id, false, false
) AS home
JOIN unit ON unit.id = home.unit_id AND unit.copropiedad_id = message.copropiedad_id
WHERE message.id = ANY ($1::uuid[])

-- without_letter --
SELECT message.id FROM message
WHERE channel = 'print' AND state = 'failed' AND reason = 'document_not_printed'
  AND copropiedad_id IS NOT DISTINCT FROM $1
  AND NOT EXISTS (SELECT FROM letter WHERE letter.id = message.id)
  AND NOT EXISTS (SELECT FROM attempt WHERE attempt.message_id = message.id AND attempt.code = 'posted')
  AND NOT EXISTS (
      SELECT FROM event JOIN recall ON recall.source = event.source AND recall.event_id = event.id
      WHERE event.key = message.event_key
  )
ORDER BY created_at, id
LIMIT $2

-- add --
INSERT INTO print_batch (id, copropiedad_id, made_at, made_by, size, letters, missing)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- take --
UPDATE letter SET batch_id = $5, batch_position = given.position, place = given.place, large = given.large
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::boolean[]) AS given (id, position, place, large)
WHERE letter.id = given.id

-- left --
SELECT count(*) AS n
FROM letter LEFT JOIN message ON message.id = letter.id
WHERE letter.state = 'open' AND message.copropiedad_id IS NOT DISTINCT FROM $1

-- unprinted --
SELECT id FROM print_batch
WHERE copropiedad_id IS NOT DISTINCT FROM $1 AND printed_at IS NULL AND cancelled_at IS NULL
  AND EXISTS (SELECT FROM letter WHERE letter.batch_id = print_batch.id)
ORDER BY made_at DESC, id DESC
LIMIT 1

-- list --
SELECT batch.id, batch.copropiedad_id, copropiedad.name AS copropiedad, batch.made_at, batch.made_by, batch.size,
       batch.printed_at, batch.cancelled_at, batch.letters, coalesce(cardinality(batch.missing), 0) AS missing,
       CASE WHEN batch.cancelled_at IS NULL THEN batch.letters - there.all ELSE 0 END AS withdrawn,
       there.posted, there.delivered
FROM (
    SELECT * FROM print_batch
    WHERE (made_at, id) < ($1, $2)
      AND ($4::text[] IS NULL OR copropiedad_id = ANY ($4))
      AND ($5::text IS NULL OR copropiedad_id = $5)
      AND ($6::uuid IS NULL OR id = $6)
    ORDER BY made_at DESC, id DESC
    LIMIT $3
) AS batch
LEFT JOIN copropiedad ON copropiedad.id = batch.copropiedad_id
CROSS JOIN LATERAL (
    SELECT count(*) AS all, count(*) FILTER (WHERE state = 'posted') AS posted,
           count(*) FILTER (WHERE state = 'delivered') AS delivered
    FROM letter WHERE letter.batch_id = batch.id
) AS there
ORDER BY made_at DESC, id DESC

-- letters --
SELECT id, place, person, event, subject, state, posted_at, guide FROM letter
WHERE batch_id = $1
ORDER BY batch_position

-- on_paper --
-- The letters of a batch, or one letter. What is in no batch is printed as its person wants it now.
SELECT letter.id, letter.person, letter.name, coalesce(letter.place, '') AS place, letter.subject, letter.html,
       CASE WHEN letter.batch_id IS NULL THEN coalesce(
           -- The person's own wish wins over the directory.
           (SELECT (wishes -> 'large_print')::boolean FROM wish WHERE wish.person = letter.person), person.large_print, false
       ) ELSE letter.large END AS large,
       asked.sha256, coalesce(asked.name, '') AS document, coalesce(asked.kind, '') AS kind,
       coalesce(asked.length, 0) AS length
FROM letter
LEFT JOIN person ON person.id = letter.person
LEFT JOIN message ON message.id = letter.id
LEFT JOIN LATERAL (
    SELECT document_request.sha256, document_request.name, document.kind, octet_length(document.content) AS length
    FROM document_request JOIN document ON document.sha256 = document_request.sha256
    WHERE document_request.event_key = message.event_key AND document_request.attach
) AS asked ON true
WHERE letter.{column} = $1
ORDER BY letter.batch_position

-- missing --
SELECT message.id, message.person, message.name, message.event
FROM print_batch
CROSS JOIN LATERAL unnest(print_batch.missing) WITH ORDINALITY AS asked (id, position)
JOIN message ON message.id = asked.id
WHERE print_batch.id = $1 AND message.name <> ''
  AND NOT EXISTS (
      SELECT FROM event JOIN recall ON recall.source = event.source AND recall.event_id = event.id
      WHERE event.key = message.event_key
  )
ORDER BY asked.position

-- lock --
SELECT printed_at IS NOT NULL AS printed, cancelled_at IS NOT NULL AS cancelled FROM print_batch WHERE id = $1 FOR UPDATE

-- lock_letters --
SELECT state FROM letter WHERE batch_id = $1 ORDER BY id FOR UPDATE

-- printed --
WITH batch AS (
    UPDATE print_batch SET printed_at = now() WHERE id = $1
)
UPDATE letter SET printed_at = now() WHERE batch_id = $1 AND printed_at IS NULL

-- cancel --
WITH batch AS (
    UPDATE print_batch SET cancelled_at = now() WHERE id = $1
)
UPDATE letter SET batch_id = NULL, batch_position = NULL, place = NULL, large = false WHERE batch_id = $1
