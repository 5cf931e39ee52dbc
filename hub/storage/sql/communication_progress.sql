Progress of communications: what became of their parts, messages and people, and whether something can still leave.

Ids lie in the span of their events.

-- standing --
-- How far the parts are: published, planned by intake, or lost as dead letters. What came was published, though the
-- process that did it has died before its mark.
SELECT count(*) AS parts, count(*) FILTER (WHERE published_at IS NOT NULL OR event.key IS NOT NULL OR dead) AS published,
       count(event.planned_at) AS planned, count(*) FILTER (WHERE event.planned_at IS NULL AND dead) AS dead
FROM communication_part AS part LEFT JOIN event ON event.key = part.event_key
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM dead_letter
        WHERE dead_letter.event_id = part.event_id AND dead_letter.source = 'urn:hub'
          AND NOT dead_letter.wrong_sender AND dead_letter.state <> 'replayed'
    ) AS dead
) AS lost
WHERE part.plan = $1

-- delivered --
-- Of the people of a communication, not of the staff that an event tells besides. Ids lie in the span of their events.
SELECT channel, state, coalesce(reason, '') AS reason, count(*)::int AS n,
       max(next_at) FILTER (WHERE state = 'held') AS held_until
FROM message
WHERE event_key = ANY ($1) AND id BETWEEN $2 AND $3 AND audience = ANY ($4) AND occasion = 'initial'
GROUP BY 1, 2, 3

-- fate --
-- In the order in which one of several counts. A letter is `sent` once it is made: nobody has it yet.
CASE
        WHEN state = 'read' THEN 'a_read'
        WHEN state = 'delivered' THEN 'b_arrived'
        WHEN state = 'sent' AND channel <> 'print' THEN 'c_sent'
        WHEN state IN ('queued', 'held', 'retrying', 'sending', 'sent') THEN 'd_going'
        WHEN state = 'waiting' THEN 'e_unread'
        ELSE 'f_lost' END

-- fates --
-- The best that became of each person.
SELECT substring(best FROM 3) AS fate, count(*)::int AS n FROM (
    SELECT person, min({fate}) AS best
    FROM message
    WHERE event_key = ANY ($1) AND id BETWEEN $2 AND $3 AND audience = ANY ($4) AND occasion = 'initial'
    GROUP BY person
) AS of_person GROUP BY best

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
-- was tried for, and none whom the next step of its own will still tell.
SELECT DISTINCT ON (person) message.* FROM message
WHERE event_key = ANY ($1) AND id BETWEEN $2 AND $3 AND audience = ANY ($4) AND occasion = 'initial' AND person > $5
  AND NOT EXISTS (
      SELECT FROM message AS other
      WHERE other.event_key = message.event_key AND other.person = message.person AND other.occasion = 'initial'
        AND other.id BETWEEN moment_start(message.event_key) AND moment_end(message.event_key)
        AND (
            other.channel = $6 OR other.state NOT IN ('failed', 'bounced', 'suppressed', 'expired', 'waiting')
            OR other.fallback IS NOT NULL AND NOT other.cascaded AND (other.state <> 'waiting' OR other.next_at IS NOT NULL)
        )
  )
ORDER BY person, step DESC, id
LIMIT $7

-- count_unreached --
SELECT count(*)::int AS n FROM (
{unreached}
) AS found

-- can_leave --
-- What is unsent or being sent; what waits for a receipt before its next step, unless another message of the step has
-- reached the person (as `unconfirmed` in messages.sql); and what was lost just now, whose next step may not be stored
-- yet: $4 is how long that can take.
SELECT FROM message
WHERE event_key = ANY ($1) AND id BETWEEN $2 AND $3 AND (occasion = 'initial' OR $5)
  AND (
      state IN ('queued', 'held', 'retrying', 'sending')
      OR state IN ('failed', 'bounced', 'suppressed', 'expired') AND updated_at > now() - $4::interval
      OR state IN ('sent', 'waiting') AND fallback IS NOT NULL AND next_at IS NOT NULL AND NOT EXISTS (
          SELECT FROM message AS other
          WHERE other.event_key = message.event_key AND other.person = message.person
            AND other.id BETWEEN moment_start(message.event_key) AND moment_end(message.event_key)
            AND other.audience = message.audience AND other.occasion = message.occasion AND other.step = message.step
            AND (other.state IN ('delivered', 'read') OR other.state = 'sent' AND other.next_at IS NULL)
      )
  )
LIMIT 1

-- withdraw --
-- Nothing follows what is cancelled, nor what was sent: it gets no next step. The verdict is that of each cancelling.
WITH found AS (
    SELECT id, state = ANY ($4::text[]) AND {verdict} = 'taken' AS cancels FROM message
    WHERE event_key = ANY ($1) AND id BETWEEN $2 AND $3
      AND (state = ANY ($4::text[]) AND {verdict} = 'taken' OR fallback IS NOT NULL)
    ORDER BY id
    LIMIT $5
    FOR UPDATE
)
UPDATE message
SET state = CASE WHEN cancels THEN 'cancelled' ELSE state END,
    reason = CASE WHEN cancels THEN $6 ELSE reason END,
    next_at = CASE WHEN state = 'sending' THEN next_at END,
    lease = CASE WHEN NOT cancels THEN lease END,
    fallback = NULL, patience = NULL, updated_at = now()
FROM found WHERE message.id = found.id
RETURNING message.id

-- keep_tally --
UPDATE communication SET tally = $2 WHERE id = $1

-- tally --
SELECT tally FROM communication WHERE id = $1
