Digests of service messages that are not urgent.

What waits for a digest is `held`, reason `digest`; what is in one is `held`, reason `in_digest`, without an instant, so
that nothing but the digest's own fate ends the wait.

-- waiting --
-- By the index of due messages: only notices that wait until within the next hour are looked at.
SELECT message.id, message.person, message.event_key, message.event_id, message.event, event.time AS event_time,
       message.next_at, event.data, message.copropiedad_id, copropiedad.name AS building
FROM message
CROSS JOIN LATERAL (
    SELECT time, data FROM event
    WHERE event.key = message.event_key AND event.key BETWEEN moment_start(message.id) AND moment_end(message.id)
    OFFSET 0
) AS event
LEFT JOIN copropiedad ON copropiedad.id = message.copropiedad_id
WHERE message.next_at > $1 AND message.next_at <= $2 AND (message.state = 'held' AND message.reason = 'digest') IS TRUE
  AND message.person > $3
ORDER BY message.person, message.id
LIMIT $4

-- still_waiting --
SELECT id FROM message
WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3 AND (state = 'held' AND reason = 'digest') IS TRUE
ORDER BY id
FOR UPDATE SKIP LOCKED

-- make --
INSERT INTO notice_digest (event_key, person, due_at, messages, data) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
RETURNING event_key

-- take --
UPDATE message SET reason = 'in_digest', next_at = NULL, updated_at = now()
WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3

-- release --
UPDATE message SET next_at = now(), updated_at = now()
WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3 AND (state = 'held' AND reason = 'digest') IS TRUE
RETURNING id

-- unpublished --
SELECT person, due_at, messages, data FROM notice_digest
WHERE settled_at IS NULL AND published_at IS NULL
ORDER BY event_key
LIMIT $1

-- mark_published --
UPDATE notice_digest SET published_at = now(), data = NULL WHERE event_key = $1

-- settle --
-- A digest is lost when all its messages are, and no further step of its cascade can come. Its notices then leave by
-- themselves, and get back the time that they have waited in vain.
WITH page AS (
    SELECT event_key, messages, made_at, published_at FROM notice_digest
    WHERE settled_at IS NULL AND published_at IS NOT NULL AND event_key > $1
    ORDER BY event_key
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), fate AS (
    SELECT page.event_key, page.messages, page.made_at,
           coalesce(told.reached, false) AS reached,
           coalesce(told.lost, page.published_at < now() - $3::interval) AS lost
    FROM page
    LEFT JOIN LATERAL (
        SELECT bool_or(
                   state IN ('delivered', 'read') OR state = 'sent' AND updated_at < now() - $3::interval
               ) AS reached,
               bool_and(state IN ('failed', 'bounced', 'suppressed', 'expired', 'cancelled'))
               -- Nothing follows what was cancelled.
               AND coalesce(
                   max(step) FILTER (WHERE fallback IS NOT NULL AND state <> 'cancelled') < max(step), true
               ) AS lost
        FROM message
        WHERE event_key = page.event_key
          AND id BETWEEN moment_start(page.event_key) AND moment_end(page.event_key)
    ) AS told ON true
), item AS (
    SELECT id, fate.reached, fate.made_at FROM fate CROSS JOIN unnest(fate.messages) AS id
    WHERE fate.reached OR fate.lost
), ended AS (
    UPDATE message SET state = 'cancelled', next_at = NULL, patience = NULL, updated_at = now()
    FROM item
    WHERE item.reached AND message.id = item.id
      AND message.id BETWEEN moment_start(item.id) AND moment_end(item.id)
      AND (message.state = 'held' AND message.reason = 'in_digest') IS TRUE
    RETURNING message.id
), freed AS (
    UPDATE message
    SET reason = 'digest', next_at = now(), updated_at = now(),
        expires_at = least(message.expires_at + (now() - item.made_at), message.ends_at)
    FROM item
    WHERE NOT item.reached AND message.id = item.id
      AND message.id BETWEEN moment_start(item.id) AND moment_end(item.id)
      AND (message.state = 'held' AND message.reason = 'in_digest') IS TRUE
    RETURNING message.id
), settled AS (
    UPDATE notice_digest SET settled_at = now()
    WHERE event_key = ANY (ARRAY (SELECT event_key FROM fate WHERE reached OR lost))
)
SELECT (SELECT event_key FROM page ORDER BY event_key DESC LIMIT 1) AS last, (SELECT count(*) FROM page) AS looked,
       (SELECT count(*) FROM freed) AS freed, (SELECT count(*) FROM ended) AS ended

-- forget --
DELETE FROM notice_digest WHERE settled_at IS NOT NULL AND made_at < $1 RETURNING event_key

-- of_messages --
-- The digest in which each of these messages of one person is.
SELECT due_at, messages FROM notice_digest WHERE person = $1 AND messages && $2::uuid[]
