Receipts that name a message only by the provider's own reference.
What mail servers report about our mails.

-- by_reference --
-- A pool may number its providers: `twilio`, `twilio-2`. Another provider may have the same prefix.
SELECT message_id FROM attempt
WHERE reference = $1 AND $2 IN (provider, regexp_replace(provider, '-[0-9]+$', ''))
ORDER BY at
LIMIT 1

-- keep_early --
INSERT INTO early_receipt (provider, reference, state, received_at, reason, code, gone)
VALUES ($1, $2, $3, now(), $4, $5, $6)
ON CONFLICT DO NOTHING

-- take_early --
WITH known AS (
    SELECT early.provider, early.reference, early.state, found.message_id
    FROM early_receipt AS early
    CROSS JOIN LATERAL (
        SELECT message_id FROM attempt
        WHERE attempt.reference = early.reference
          AND early.provider IN (attempt.provider, regexp_replace(attempt.provider, '-[0-9]+$', ''))
        ORDER BY at
        LIMIT 1
    ) AS found
    LIMIT $1
    FOR UPDATE OF early SKIP LOCKED
), taken AS (
    DELETE FROM early_receipt AS early USING known
    WHERE early.provider = known.provider AND early.reference = known.reference AND early.state = known.state
    RETURNING early.*, known.message_id
)
SELECT * FROM taken ORDER BY message_id, received_at

-- drop_early --
DELETE FROM early_receipt WHERE received_at < now() - $1::interval RETURNING state

-- sent --
-- With the last time at which a server accepted it.
SELECT message.*, (
    SELECT max(at) FROM attempt WHERE message_id = message.id AND outcome = 'accepted'
) AS accepted_at
FROM message
WHERE id = $1 AND channel = 'email' AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))

-- doubt --
-- Once: a repeated report does not prolong the time for an answer. When the time is over, the timers take the mail
-- for lost, as one whose receipt has not come (`unconfirmed` in messages.sql).
UPDATE message SET next_at = $2, reason = $3, updated_at = now()
WHERE id = $1 AND state = 'sent' AND (reason IS NULL OR NOT starts_with(reason, $4))
RETURNING id
