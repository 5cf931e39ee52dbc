Channels and events that an operator has paused.

-- paused --
SELECT subject FROM pause WHERE ends_at IS NULL OR ends_at > now()

-- list --
SELECT subject, since, by, reason, ends_at FROM pause ORDER BY subject

-- pause --
INSERT INTO pause (subject, by, reason, ends_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING subject

-- resume --
DELETE FROM pause WHERE subject = $1 RETURNING subject

-- end --
DELETE FROM pause WHERE ends_at <= now() RETURNING subject

-- release_resumed --
WITH resumed AS (
    SELECT id FROM message
    WHERE state = 'held' AND reason = 'paused'
      AND NOT EXISTS (
          SELECT FROM pause WHERE subject IN ('channel:' || message.channel, 'event:' || message.event)
      )
    LIMIT $1
    FOR UPDATE SKIP LOCKED
)
UPDATE message
SET state = 'queued', reason = NULL, next_at = NULL, lease = NULL, ticketed_at = now(), sweeps = 0, updated_at = now(),
    -- The pause extended `expires_at` by the whole wait; take back what is left of it. A message at `ends_at` was not
    -- extended.
    expires_at = CASE
        WHEN ends_at IS NULL OR expires_at < ends_at
        THEN expires_at - greatest(message.next_at - now(), interval '0')
        ELSE expires_at
    END
FROM resumed WHERE message.id = resumed.id
RETURNING message.id, message.channel, message.lane

-- held --
SELECT channel, event, count(*) AS held, count(*) FILTER (WHERE lane = 'urgent') AS urgent FROM message
WHERE state = 'held' AND reason = 'paused'
GROUP BY channel, event
ORDER BY channel, event

-- urgent --
SELECT count(*) AS n FROM message
WHERE state IN ('queued', 'retrying', 'held') AND lane = 'urgent'
  AND $1 IN ('channel:' || channel, 'event:' || event)
