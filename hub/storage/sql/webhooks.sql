Webhooks: subscriptions with a URL, and the events that wait for them.

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
