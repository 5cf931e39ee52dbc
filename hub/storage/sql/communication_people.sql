People of communications that run or have run: what became of each, and who was not reached.

Ids lie in the span of their events.

-- people --
-- The message of each that has come farthest.
SELECT * FROM (
    SELECT DISTINCT ON (person) person, name, units, copropiedad_id AS place, channel, state, reason,
           substring({fate} FROM 3) AS fate
    FROM message
    WHERE event_key = ANY ($1) AND id BETWEEN $2 AND $3 AND audience = ANY ($4) AND occasion = 'initial' AND person > $5
    ORDER BY person, {fate}, step DESC, id
) AS found
WHERE $6::text IS NULL OR fate = $6
ORDER BY person
LIMIT $7

-- unreached --
-- One message of each to whom nothing has gone, and nothing will: lost, or unread in the inbox. None whom this channel
-- was tried for.
SELECT DISTINCT ON (person) message.* FROM message
WHERE event_key = ANY ($1) AND id BETWEEN $2 AND $3 AND audience = ANY ($4) AND occasion = 'initial' AND person > $5
  AND NOT EXISTS (
      SELECT FROM message AS other
      WHERE other.event_key = message.event_key AND other.person = message.person AND other.occasion = 'initial'
        AND other.id BETWEEN moment_start(message.event_key) AND moment_end(message.event_key)
        AND (other.channel = $6 OR other.state NOT IN ('failed', 'bounced', 'suppressed', 'expired', 'waiting'))
  )
ORDER BY person, step DESC, id
LIMIT $7

-- lock --
SELECT state, cause FROM communication WHERE id = $1 FOR UPDATE
