Pauses as staff sees, makes and ends them, and the messages that they hold.

-- list --
-- That of a communication is its state, and stands on its page.
SELECT subject, since, by, reason, ends_at FROM pause WHERE NOT starts_with(subject, 'communication:') ORDER BY subject

-- pause --
INSERT INTO pause (subject, by, reason, ends_at) VALUES ($1, $2, $3, $4)
-- One whose end has come holds nothing, though the timers have not taken it away.
ON CONFLICT (subject) DO UPDATE
SET since = now(), by = excluded.by, reason = excluded.reason, ends_at = excluded.ends_at
WHERE pause.ends_at <= now()
RETURNING subject

-- resume --
DELETE FROM pause WHERE subject = $1 RETURNING subject

-- unsent --
SELECT channel, lane, count(*) AS unsent, min(created_at) AS oldest_at,
       count(*) FILTER (WHERE created_at < (SELECT since FROM pause WHERE subject = 'all')) AS before
FROM message
WHERE state IN ('queued', 'held', 'retrying', 'sending')
GROUP BY channel, lane
ORDER BY channel, lane

-- due_steps --
SELECT count(*) AS n FROM clock WHERE next_at <= now()

-- cancelling --
SELECT id FROM bulk_run WHERE state = 'running' AND (asked ->> 'older')::boolean AND places IS NULL

-- held --
SELECT channel, event, count(*) AS held, count(*) FILTER (WHERE lane = 'urgent') AS urgent FROM message
WHERE state = 'held' AND reason = 'paused'
GROUP BY channel, event
ORDER BY channel, event

-- urgent --
SELECT count(*) AS n FROM message
WHERE state IN ('queued', 'retrying', 'held') AND lane = 'urgent'
  AND $1 IN ('all', 'channel:' || channel, 'event:' || event)
