Ends of communications: whether something of one can still leave, and the cancelling of what is unsent.

Ids lie in the span of their events.

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

-- pause --
SELECT since, by, reason FROM pause WHERE subject = 'communication:' || $1::uuid

-- keep_tally --
UPDATE communication SET tally = $2 WHERE id = $1

-- tally --
SELECT tally FROM communication WHERE id = $1

-- maker --
SELECT coalesce(communication.person, account.person) AS person
FROM communication LEFT JOIN account ON 'account:' || account.name = communication.by
WHERE communication.id = $1
