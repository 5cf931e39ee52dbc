Messages that an operator cancels before they leave.

-- verdict --
-- Of a message that waits: whether it can be cancelled. What is being sent stays its worker's, also when its lease has
-- ended and nobody has claimed it since: the worker's answer still counts. What is held or tried again has been
-- answered, and its lease with it. What is in a digest leaves with that.
CASE
           WHEN reason = 'in_digest' THEN 'in_digest'
           WHEN state = 'queued' AND lease IS NOT NULL THEN 'sending'
           ELSE 'taken'
       END

-- older --
-- Of what the copy of a restored hub had planned: a lease that lives may be a worker's, who has begun before the pause.
-- Whoever had any other has left with the lost hub.
CASE WHEN state = 'sending' AND next_at > now() THEN 'sending' ELSE 'taken' END

-- planned_before --
-- Null, and so nothing, where it is no restore that has paused everything.
created_at < (SELECT since FROM pause WHERE subject = 'all' AND by = 'hub db restore')

-- cancel --
WITH found AS (
    SELECT id, {verdict} AS verdict FROM message
    WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3 AND state = ANY ($4::text[])
    ORDER BY id
    FOR UPDATE
), gone AS (
    UPDATE message
    SET state = 'cancelled', reason = $5, next_at = NULL, fallback = NULL, patience = NULL, lease = NULL,
        updated_at = now()
    FROM found WHERE message.id = found.id AND found.verdict = 'taken'
)
SELECT id, verdict FROM found
