Letters as an office prints, posts and hands them over, and the batches in which they are printed. A letter belongs to
the copropiedad of its message. What must be handed over without one is a message whose document is a link: staff prints
that, unless its event was taken back.

-- letters --
-- Each state is read by its index, and the newest rows of all are merged.
SELECT * FROM (
    SELECT found.* FROM unnest($6::text[]) AS asked (state)
    CROSS JOIN LATERAL (
        SELECT letter.id, letter.created_at, letter.handed_over_at, letter.event, letter.person, letter.subject,
               letter.state, message.copropiedad_id, letter.batch_id AS batch, letter.printed_at, letter.posted_at,
               letter.guide, false AS only_document
        FROM letter LEFT JOIN message ON message.id = letter.id
        WHERE letter.state = asked.state AND (letter.created_at, letter.id) < ($1, $2)
          AND ($4::text[] IS NULL OR message.copropiedad_id = ANY ($4))
          AND ($5::text IS NULL OR message.copropiedad_id = $5)
        ORDER BY letter.created_at DESC, letter.id DESC
        LIMIT $3
    ) AS found
    UNION ALL
    SELECT * FROM (
        SELECT message.id, message.created_at, NULL::timestamptz, message.event, message.person, $7::text, way.state,
               message.copropiedad_id, NULL::uuid, NULL::timestamptz, posting.at, posting.reference, true
        FROM message
        LEFT JOIN LATERAL (
            SELECT at, reference FROM attempt
            WHERE attempt.message_id = message.id AND attempt.code = 'posted'
            ORDER BY at DESC LIMIT 1
        ) AS posting ON true
        CROSS JOIN LATERAL (SELECT CASE WHEN posting.at IS NULL THEN 'open' ELSE 'posted' END AS state) AS way
        WHERE message.channel = 'print' AND message.state = 'failed' AND message.reason = 'document_not_printed'
          AND (message.created_at, message.id) < ($1, $2) AND way.state = ANY ($6::text[])
          AND NOT EXISTS (SELECT FROM letter WHERE letter.id = message.id)
          AND NOT EXISTS (
              SELECT FROM event JOIN recall ON recall.source = event.source AND recall.event_id = event.id
              WHERE event.key = message.event_key
          )
          AND ($4::text[] IS NULL OR message.copropiedad_id = ANY ($4))
          AND ($5::text IS NULL OR message.copropiedad_id = $5)
        ORDER BY message.created_at DESC, message.id DESC
        LIMIT $3
    ) AS to_print
    UNION ALL
    SELECT * FROM (
        SELECT message.id, message.created_at, message.updated_at, message.event, message.person, $7::text,
               message.state, message.copropiedad_id, NULL::uuid, NULL::timestamptz, posting.at, posting.reference, true
        FROM (SELECT DISTINCT message_id AS id FROM ending WHERE reason = 'document_not_printed') AS asked
        JOIN message ON message.id = asked.id
        LEFT JOIN LATERAL (
            SELECT at, reference FROM attempt
            WHERE attempt.message_id = message.id AND attempt.code = 'posted'
            ORDER BY at DESC LIMIT 1
        ) AS posting ON true
        WHERE 'delivered' = ANY ($6::text[]) AND message.channel = 'print' AND message.state = 'delivered'
          AND (message.created_at, message.id) < ($1, $2)
          AND NOT EXISTS (SELECT FROM letter WHERE letter.id = message.id)
          AND ($4::text[] IS NULL OR message.copropiedad_id = ANY ($4))
          AND ($5::text IS NULL OR message.copropiedad_id = $5)
        ORDER BY message.created_at DESC, message.id DESC
        LIMIT $3
    ) AS printed
) AS merged
ORDER BY created_at DESC, id DESC
LIMIT $3

-- buildings --
-- What waits, by copropiedad.
SELECT waiting.copropiedad_id, copropiedad.name AS copropiedad,
       count(*) FILTER (WHERE waiting.state = 'open') AS open,
       count(*) FILTER (WHERE waiting.state = 'batched') AS batched,
       count(*) FILTER (WHERE waiting.state = 'printed') AS printed,
       count(*) FILTER (WHERE waiting.state = 'posted') AS posted,
       count(*) FILTER (WHERE waiting.state = 'document') AS documents
FROM (
    SELECT message.copropiedad_id, letter.state
    FROM letter LEFT JOIN message ON message.id = letter.id
    WHERE letter.state IN ('open', 'batched', 'printed', 'posted')
    UNION ALL
    SELECT message.copropiedad_id, 'document'
    FROM message
    WHERE message.channel = 'print' AND message.state = 'failed' AND message.reason = 'document_not_printed'
      AND NOT EXISTS (SELECT FROM letter WHERE letter.id = message.id)
      AND NOT EXISTS (SELECT FROM attempt WHERE attempt.message_id = message.id AND attempt.code = 'posted')
      AND NOT EXISTS (
          SELECT FROM event JOIN recall ON recall.source = event.source AND recall.event_id = event.id
          WHERE event.key = message.event_key
      )
) AS waiting
LEFT JOIN copropiedad ON copropiedad.id = waiting.copropiedad_id
WHERE $1::text[] IS NULL OR waiting.copropiedad_id = ANY ($1)
GROUP BY waiting.copropiedad_id, copropiedad.name
ORDER BY copropiedad.name NULLS LAST, waiting.copropiedad_id

-- show --
-- `document` is the file that belongs to it, where the hub has it.
SELECT found.*, (
    SELECT document_request.name
    FROM message JOIN document_request ON document_request.event_key = message.event_key
    WHERE message.id = found.id AND document_request.attach AND document_request.sha256 IS NOT NULL
) AS document
FROM (
    SELECT letter.id, letter.created_at, letter.handed_over_at, letter.person, letter.event, letter.subject,
           letter.text, letter.html, letter.name, letter.state, message.copropiedad_id, letter.batch_id AS batch,
           letter.printed_at, letter.posted_at, letter.guide, false AS only_document
    FROM letter LEFT JOIN message ON message.id = letter.id
    WHERE letter.id = $1 AND ($2::text[] IS NULL OR message.copropiedad_id = ANY ($2))
    UNION ALL
    SELECT message.id, message.created_at, CASE WHEN message.state = 'delivered' THEN message.updated_at END,
           message.person, message.event, $3::text, $4::text, $5::text, message.name,
           CASE
               WHEN message.state = 'delivered' THEN 'delivered'
               WHEN posting.at IS NOT NULL THEN 'posted'
               ELSE 'open'
           END,
           message.copropiedad_id, NULL, NULL, posting.at, posting.reference, true
    FROM message
    LEFT JOIN LATERAL (
        SELECT at, reference FROM attempt
        WHERE attempt.message_id = message.id AND attempt.code = 'posted'
        ORDER BY at DESC LIMIT 1
    ) AS posting ON true
    WHERE message.id = $1 AND message.channel = 'print'
      AND (message.reason = 'document_not_printed' OR message.state = 'delivered')
      AND ($2::text[] IS NULL OR message.copropiedad_id = ANY ($2))
      AND NOT EXISTS (SELECT FROM letter WHERE letter.id = $1)
) AS found

-- event --
SELECT event.* FROM message
JOIN event ON event.key = message.event_key
WHERE message.id = $1 AND message.channel = 'print'

-- hand_over --
-- One statement: the letter and its message must not contradict each other. A document that staff has printed has
-- no letter, only a message.
WITH without AS (
    SELECT id FROM message
    WHERE id = $1 AND channel = 'print' AND (reason = 'document_not_printed' OR state = 'delivered')
      AND ($4::text[] IS NULL OR copropiedad_id = ANY ($4))
      AND NOT EXISTS (SELECT FROM letter WHERE letter.id = $1)
), there AS (
    SELECT id FROM letter
    WHERE id = $1
      AND ($4::text[] IS NULL OR EXISTS (
          SELECT FROM message WHERE message.id = letter.id AND copropiedad_id = ANY ($4)
      ))
    UNION ALL
    SELECT id FROM without
), handed AS (
    UPDATE letter SET handed_over_at = now() FROM there
    WHERE letter.id = there.id AND handed_over_at IS NULL
    RETURNING letter.id
), moved AS (
    UPDATE message SET state = 'delivered', reason = NULL, next_at = NULL, updated_at = now()
    FROM (SELECT id FROM handed UNION ALL SELECT id FROM without) AS done
    WHERE message.id = done.id AND message.state = ANY ($2::text[])
    RETURNING message.id, message.listened
), told AS (
    -- Before the trigger tells that it is delivered.
    INSERT INTO result (message_id, state, at, reason)
    SELECT id, 'sent', now(), 'handed_over' FROM moved
    WHERE listened AND NOT EXISTS (SELECT FROM attempt WHERE attempt.message_id = moved.id AND attempt.code = $5)
), ending AS (
    INSERT INTO attempt (message_id, at, outcome, provider, reference, code, took)
    SELECT id, clock_timestamp(), 'delivered', $3, id::text, 'handed_over', interval '0' FROM moved
)
SELECT EXISTS (SELECT FROM handed UNION ALL SELECT FROM moved) AS changed FROM there

-- post --
-- Also for a document without a letter: the attempt is its only record. The same guide again changes nothing; another
-- one corrects it. The row is locked before it is judged, so that the second caller sees the change of the first.
WITH letter_there AS (
    SELECT id, handed_over_at, guide FROM letter
    WHERE id = $1
      AND ($4::text[] IS NULL OR EXISTS (
          SELECT FROM message WHERE message.id = letter.id AND copropiedad_id = ANY ($4)
      ))
    FOR UPDATE
), document_there AS (
    SELECT id, state FROM message
    WHERE id = $1 AND channel = 'print' AND (reason = 'document_not_printed' OR state = 'delivered')
      AND ($4::text[] IS NULL OR copropiedad_id = ANY ($4))
      AND NOT EXISTS (SELECT FROM letter WHERE letter.id = $1)
    FOR UPDATE
), there AS (
    SELECT id, handed_over_at IS NOT NULL AS delivered, guide FROM letter_there
    UNION ALL
    SELECT id, state = 'delivered', (
        SELECT reference FROM attempt
        WHERE attempt.message_id = document_there.id AND attempt.code = $5
        ORDER BY at DESC LIMIT 1
    )
    FROM document_there
), changed AS (
    SELECT id, guide FROM there WHERE NOT delivered AND guide IS DISTINCT FROM $2
), posted AS (
    UPDATE letter SET posted_at = now(), guide = $2 FROM changed WHERE letter.id = changed.id
), told AS (
    INSERT INTO result (message_id, state, at, reason)
    SELECT id, 'sent', now(), $5 FROM message JOIN changed USING (id) WHERE listened AND changed.guide IS NULL
), recorded AS (
    INSERT INTO attempt (message_id, at, outcome, provider, reference, code, took)
    SELECT id, clock_timestamp(), 'sent', $3, $2, $5, interval '0' FROM changed
)
SELECT delivered, EXISTS (SELECT FROM changed) AS changed FROM there

-- alone --
-- Two people who print at once: the second one finds the batch of the first.
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

-- add_batch --
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

-- batches --
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

-- letters_of --
SELECT id, place, person, event, subject, state, posted_at, guide FROM letter
WHERE batch_id = $1
ORDER BY batch_position

-- on_paper --
-- The letters of a batch, or one letter. A letter in no batch is printed as its person wants it now.
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

-- without_page --
-- The letters of an event that wait for its document.
SELECT message.id FROM message
WHERE event_key = $1 AND channel = 'print' AND state = 'failed' AND reason = 'document_not_printed'
  AND NOT EXISTS (SELECT FROM letter WHERE letter.id = message.id)
  AND NOT EXISTS (SELECT FROM attempt WHERE attempt.message_id = message.id AND attempt.code = 'posted')
ORDER BY id
