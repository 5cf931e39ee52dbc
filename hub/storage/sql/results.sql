Results of messages for those who asked for them, and the subscriptions.
Webhooks: subscriptions with a URL, and the events that wait for them.

-- take --
-- In the order in which they were written. A claim that its process did not finish ends.
WITH due AS (
    SELECT message_id, state, at FROM result
    WHERE claimed_until IS NULL OR claimed_until < now()
    ORDER BY number
    LIMIT $1
    FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE result SET claimed_until = now() + $2::interval
    FROM due
    WHERE result.message_id = due.message_id AND result.state = due.state AND result.at = due.at
    RETURNING result.*
)
SELECT taken.message_id, taken.state, taken.at, taken.reason,
       message.event_key, message.event_id, message.event, message.audience, message.person, message.channel,
       message.occasion, message.fallback, event.source,
       -- Nobody has had it, and no step follows.
       taken.state = ANY ($3::text[]) AND message.fallback IS NULL AND NOT EXISTS (
           SELECT FROM message AS other
           WHERE other.event_key = message.event_key
             AND other.id BETWEEN moment_start(message.id) AND moment_end(message.id)
             AND other.person = message.person AND other.audience = message.audience
             AND other.occasion = message.occasion AND other.state <> ALL ($3::text[])
           OFFSET 0
       ) AS undelivered
FROM taken
-- Missing where the retention has dropped it.
LEFT JOIN LATERAL (SELECT * FROM message WHERE message.id = taken.message_id OFFSET 0) AS message ON true
LEFT JOIN LATERAL (SELECT source FROM event WHERE event.key = message.event_key OFFSET 0) AS event ON true
ORDER BY taken.number

-- listeners --
SELECT * FROM result_subscription WHERE disabled_at IS NULL ORDER BY source, created_at, id

-- finish --
WITH queued AS (
    INSERT INTO webhook_event (subscription_id, event_id, event)
    SELECT given.* FROM unnest($4::uuid[], $5::text[], $6::jsonb[]) AS given (subscription_id, event_id, event)
    WHERE EXISTS (SELECT FROM result_subscription WHERE id = given.subscription_id)
    ON CONFLICT DO NOTHING
)
DELETE FROM result USING unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS done (message_id, state, at)
WHERE result.message_id = done.message_id AND result.state = done.state AND result.at = done.at

-- due --
WITH due AS (
    SELECT id FROM result_subscription
    WHERE url IS NOT NULL AND disabled_at IS NULL AND next_at <= now()
      AND EXISTS (SELECT FROM webhook_event WHERE subscription_id = result_subscription.id OFFSET 0)
    ORDER BY next_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
)
UPDATE result_subscription SET next_at = now() + $2::interval
FROM due WHERE result_subscription.id = due.id
RETURNING result_subscription.*

-- batch --
SELECT event_id, event FROM webhook_event WHERE subscription_id = $1 ORDER BY number LIMIT $2

-- sent --
WITH gone AS (DELETE FROM webhook_event WHERE subscription_id = $1 AND event_id = ANY ($2::text[]))
UPDATE result_subscription
SET tries = 0, failing_since = NULL, last_error = NULL, next_at = now(), sent_at = now()
WHERE id = $1

-- failed --
UPDATE result_subscription
SET tries = tries + 1, failing_since = coalesce(failing_since, now()), last_error = $2,
    next_at = now() + $3::interval, disabled_at = CASE WHEN $4 THEN now() END
WHERE id = $1 AND disabled_at IS NULL
