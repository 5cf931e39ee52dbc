Webhooks: subscriptions with a URL, and the events that wait for them.

-- list --
SELECT result_subscription.*, (
    SELECT count(*) FROM webhook_event WHERE subscription_id = result_subscription.id
)::integer AS waiting
FROM result_subscription
WHERE url IS NOT NULL
ORDER BY source, created_at, id

-- add --
INSERT INTO result_subscription (id, source, kinds, created_at, created_by, url, secret)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- remove --
DELETE FROM result_subscription WHERE id = $1 AND url IS NOT NULL RETURNING id

-- rotate --
UPDATE result_subscription SET earlier_secret = secret, earlier_ends_at = $3, secret = $2
WHERE id = $1 AND url IS NOT NULL
RETURNING id

-- enable --
UPDATE result_subscription
SET disabled_at = NULL, failing_since = NULL, last_error = NULL, tries = 0, next_at = now()
WHERE id = $1 AND url IS NOT NULL
RETURNING id

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
