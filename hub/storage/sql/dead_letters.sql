Dead letters: messages that intake could not process.

-- add --
-- The webhooks of its source hear it where there is a notice. Under a lock: one that is removed meanwhile gets nothing.
-- Bytes that return after a replay have failed again: the letter is reopened.
WITH given AS (
    SELECT * FROM unnest(
        $1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::text[], $11::bool[], $12::json[], $13::bytea[], $14::text[], $15::jsonb[]
    ) AS given (
        id, received_at, reason, field, event_type, event_id, source, routing_key, content_type, sender,
        wrong_sender, headers, body, notice_id, notice
    )
), listening AS (
    SELECT id, source FROM result_subscription
    WHERE source = ANY ($7::text[]) AND url IS NOT NULL AND disabled_at IS NULL
    FOR KEY SHARE
), queued AS (
    INSERT INTO webhook_event (subscription_id, event_id, event)
    SELECT listening.id, notice_id, notice FROM given JOIN listening USING (source)
    WHERE notice_id IS NOT NULL
    ORDER BY listening.id, notice_id
    ON CONFLICT DO NOTHING
)
INSERT INTO dead_letter (
    id, received_at, reason, field, event_type, event_id, source, routing_key, content_type, sender,
    wrong_sender, headers, body
)
SELECT id, received_at, reason, field, event_type, event_id, source, routing_key, content_type, sender,
       wrong_sender, headers, body
FROM given
ON CONFLICT (id) DO UPDATE
SET times = dead_letter.times + 1,
    reason = CASE WHEN dead_letter.state = 'replayed' THEN excluded.reason ELSE dead_letter.reason END,
    field = CASE WHEN dead_letter.state = 'replayed' THEN excluded.field ELSE dead_letter.field END,
    sender = CASE WHEN dead_letter.state = 'replayed' THEN excluded.sender ELSE dead_letter.sender END,
    wrong_sender = CASE
        WHEN dead_letter.state = 'replayed' THEN excluded.wrong_sender ELSE dead_letter.wrong_sender
    END,
    state = CASE WHEN dead_letter.state = 'replayed' THEN 'open' ELSE dead_letter.state END,
    settled_at = CASE WHEN dead_letter.state = 'replayed' THEN NULL ELSE dead_letter.settled_at END

-- show --
SELECT * FROM dead_letter WHERE id = $1

-- settle --
UPDATE dead_letter SET state = $2, settled_at = now()
WHERE id = $1 AND (state = 'open' OR state = 'discarded' AND $2 = 'replayed') AND ($3::integer IS NULL OR times = $3)
RETURNING id
