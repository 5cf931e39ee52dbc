Letters to print and deliver. A letter belongs to the copropiedad of its message. What must be handed over without
one is a message whose document is a link: staff prints that, unless its event was taken back.

-- add --
INSERT INTO letter (id, person, event, subject, text, html, name)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
ON CONFLICT DO NOTHING

-- list --
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
    RETURNING message.id
), ending AS (
    INSERT INTO attempt (message_id, at, outcome, provider, reference, code, took)
    SELECT id, clock_timestamp(), 'delivered', $3, id::text, 'handed_over', interval '0' FROM moved
)
SELECT EXISTS (SELECT FROM handed UNION ALL SELECT FROM moved) AS changed FROM there

-- post --
-- Also of a document without a letter: the attempt is all that says it. The same guide again changes nothing; another
-- one corrects it. The row is locked before it is judged, so that whoever comes second sees what the first has done.
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
    SELECT id FROM there WHERE NOT delivered AND guide IS DISTINCT FROM $2
), posted AS (
    UPDATE letter SET posted_at = now(), guide = $2 FROM changed WHERE letter.id = changed.id
), recorded AS (
    INSERT INTO attempt (message_id, at, outcome, provider, reference, code, took)
    SELECT id, clock_timestamp(), 'sent', $3, $2, $5, interval '0' FROM changed
)
SELECT delivered, EXISTS (SELECT FROM changed) AS changed FROM there
