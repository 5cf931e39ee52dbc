Messages that an operator cancels before they leave.

-- verdict --
-- Of a message that waits: whether it can be cancelled. What is being sent stays its worker's, also when its lease has
-- ended and nobody has claimed it since: the worker's answer still counts. What is held or tried again has been
-- answered, and its lease with it. What is in a digest leaves with that.
CASE
           WHEN reason = 'in_digest' THEN 'in_digest'
           WHEN state = 'queued' AND lease IS NOT NULL THEN 'sending'
           ELSE {taken}
       END

-- gone --
state = 'cancelled', reason = 'withdrawn', next_at = NULL, fallback = NULL, patience = NULL, updated_at = now()

-- cancel --
WITH found AS (
    SELECT id, created_at, channel, state, reason, lease FROM message
    WHERE state = $1 AND (created_at, id) > ($2, $3) AND {narrowed}
    ORDER BY created_at, id
    LIMIT $4
    FOR UPDATE SKIP LOCKED
), judged AS (
    SELECT id, created_at, channel, coalesce(reason, '') AS reason, {verdict} AS verdict FROM found
), cancelled AS (
    UPDATE message
    SET {gone}
    FROM judged
    WHERE message.id = judged.id AND judged.verdict = 'cancelled' AND NOT $5::boolean
)
SELECT id, created_at, channel, reason, verdict FROM judged ORDER BY created_at, id
