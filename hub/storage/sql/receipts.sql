Receipts that name a message only by the provider's own reference.

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
