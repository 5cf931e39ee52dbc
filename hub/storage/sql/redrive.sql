Sending lost messages again.

-- verdict --
-- The verdict on a message `found`: whether it goes again. `anyway`: also to a person whom another message has
-- reached; `chosen` tells whether an `other` message is among the chosen ones.
CASE
               WHEN ends_at <= now() OR expires_at <= created_at THEN 'too_old'
               WHEN address = '' THEN 'no_contact'
               WHEN NOT {anyway} AND EXISTS (
                   SELECT FROM message AS other
                   WHERE other.event_key = found.event_key
                     AND other.id BETWEEN moment_start(found.id) AND moment_end(found.id)
                     AND other.person = found.person
                     AND other.audience = found.audience
                     AND other.occasion = found.occasion
                     AND other.id <> found.id
                     AND (
                         other.state IN ('sent', 'delivered', 'read')
                         -- One step of a cascade sends at a time: the step in progress, or else the first failed step.
                         OR (other.step <> found.step AND other.state IN ('queued', 'held', 'retrying', 'sending'))
                         OR (other.step < found.step AND other.address <> '' AND {chosen})
                     )
               ) THEN 'told'
               ELSE 'taken'
           END

-- resend --
WITH found AS (
    SELECT * FROM message
    WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3 AND state = ANY ($4::text[])
    ORDER BY id
    FOR UPDATE
), judged AS (
    SELECT id, channel, lane, {verdict} AS verdict FROM found
), taken AS (
    -- A new life, as of a new message.
    UPDATE message
    SET state = 'queued', reason = NULL, next_at = NULL, lease = NULL, attempts = 0, sweeps = 0, cascaded = false,
        ticketed_at = now(), updated_at = now(),
        expires_at = CASE
            WHEN expires_at IS NOT NULL THEN least(now() + (expires_at - message.created_at), ends_at)
        END
    FROM judged WHERE message.id = judged.id AND judged.verdict = 'taken'
)
SELECT id, channel, lane, verdict FROM judged
