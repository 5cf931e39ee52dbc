Channels, events and communications that are paused, as the way reads them; the desk's half is
desk/channels/queries.sql, and of communications communications.sql.

-- paused --
SELECT subject FROM pause WHERE ends_at IS NULL OR ends_at > now()

-- end --
DELETE FROM pause WHERE ends_at <= now() RETURNING subject

-- release_resumed --
WITH resumed AS (
    SELECT id FROM message
    WHERE state = 'held' AND reason = 'paused'
      AND NOT EXISTS (
          SELECT FROM pause
          WHERE subject IN (
              'all', 'channel:' || message.channel, 'event:' || message.event,
              substring(message.event_id FROM '^(communication:.+):')
          )
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
