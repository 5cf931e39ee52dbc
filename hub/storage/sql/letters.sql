Letters to print and deliver. A letter belongs to the copropiedad of its message.

-- add --
INSERT INTO letter (id, person, event, subject, text, html, name)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
ON CONFLICT DO NOTHING

-- open --
SELECT id, created_at, handed_over_at, event, person, subject FROM letter
WHERE handed_over_at IS NULL AND (created_at, id) < ($1, $2)
  AND ($4::text[] IS NULL OR EXISTS (
      SELECT FROM message WHERE message.id = letter.id AND copropiedad_id = ANY ($4)
  ))
ORDER BY created_at DESC, id DESC
LIMIT $3

-- handed_over --
SELECT id, created_at, handed_over_at, event, person, subject FROM letter
WHERE handed_over_at IS NOT NULL AND (created_at, id) < ($1, $2)
  AND ($4::text[] IS NULL OR EXISTS (
      SELECT FROM message WHERE message.id = letter.id AND copropiedad_id = ANY ($4)
  ))
ORDER BY created_at DESC, id DESC
LIMIT $3

-- every --
SELECT id, created_at, handed_over_at, event, person, subject FROM letter
WHERE (created_at, id) < ($1, $2)
  AND ($4::text[] IS NULL OR EXISTS (
      SELECT FROM message WHERE message.id = letter.id AND copropiedad_id = ANY ($4)
  ))
ORDER BY created_at DESC, id DESC
LIMIT $3

-- show --
-- Or what must be handed over without one: its document is a link, so there is no letter to print.
-- `document` is the file that belongs to it, where the hub has it.
SELECT found.*, (
    SELECT document_request.name
    FROM message JOIN document_request ON document_request.event_key = message.event_key
    WHERE message.id = found.id AND document_request.attach AND document_request.sha256 IS NOT NULL
) AS document
FROM (
SELECT id, created_at, handed_over_at, person, event, subject, text, html, name FROM letter
WHERE id = $1
  AND ($2::text[] IS NULL OR EXISTS (
      SELECT FROM message WHERE message.id = letter.id AND copropiedad_id = ANY ($2)
  ))
UNION ALL
SELECT id, created_at, CASE WHEN state = 'delivered' THEN updated_at END, person, event,
       $3::text, $4::text, $5::text, name
FROM message
WHERE id = $1 AND channel = 'print' AND (reason = 'document_not_printed' OR state = 'delivered')
  AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))
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
