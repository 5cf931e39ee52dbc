Webhooks and subscriptions as administrators see and change them; storage/sql/webhooks.sql has the queue.

-- webhooks --
SELECT id, source, url, kinds, created_at, created_by, sent_at, failing_since, last_error, disabled_at,
       CASE WHEN disabled_at IS NOT NULL THEN 'off' WHEN failing_since IS NOT NULL THEN 'failing' ELSE 'live' END
           AS state,
       (SELECT count(*) FROM webhook_event WHERE subscription_id = result_subscription.id)::integer AS waiting
FROM result_subscription
WHERE url IS NOT NULL AND ($1::uuid IS NULL OR id = $1)
ORDER BY source, created_at, id

-- endpoint --
SELECT * FROM result_subscription WHERE id = $1 AND url IS NOT NULL

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

-- subscriptions --
SELECT source, kinds, created_at, created_by FROM result_subscription
WHERE url IS NULL
ORDER BY source

-- subscribe --
INSERT INTO result_subscription (id, source, kinds, created_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (source) WHERE url IS NULL DO UPDATE SET kinds = excluded.kinds
RETURNING source, kinds, created_at, created_by

-- unsubscribe --
DELETE FROM result_subscription WHERE source = $1 AND url IS NULL RETURNING id
