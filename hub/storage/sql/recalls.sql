Events that their publishers take back.

A recall and its event may be stored at the same moment, and messages of the event may be added later. So each claim
looks whether its event is recalled; what is cancelled here is what can be cancelled at once.

-- keep --
INSERT INTO recall (source, event_id, by_key) SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[])
ON CONFLICT DO NOTHING

-- events --
-- In any month: the recall does not name the event's time.
SELECT event.key, given.source, given.event_id FROM unnest($1::text[], $2::text[]) AS given (source, event_id)
JOIN event ON event.id = given.event_id AND event.source = given.source

-- letters --
-- A letter that has been handed over is with its person, and one that is posted is on its way there.
DELETE FROM letter USING unnest($1::uuid[]) AS of (key), message
WHERE message.event_key = of.key AND message.id BETWEEN moment_start(of.key) AND moment_end(of.key)
  AND message.state = 'sent' AND letter.id = message.id AND letter.handed_over_at IS NULL
  AND letter.posted_at IS NULL
RETURNING letter.id

-- inbox --
-- All entries stay, struck through: who has seen one learns that it does not hold. None is read by that. Each comes
-- again in the order of arrivals, so that open pages show it. What was read keeps its message.
WITH struck AS (
    UPDATE inbox_item SET recalled_at = now(), place = DEFAULT
    FROM unnest($1::uuid[]) AS of (key), message
    WHERE message.event_key = of.key AND message.id BETWEEN moment_start(of.key) AND moment_end(of.key)
      AND inbox_item.id = message.id AND inbox_item.recalled_at IS NULL
    RETURNING inbox_item.id, inbox_item.read_at
)
SELECT id FROM struck WHERE read_at IS NULL

-- cancel --
-- What is being sent stays its worker's, also when its lease has ended and nobody has claimed it since: the worker's
-- answer still counts. A sent message gets no next step and waits for no receipt.
WITH found AS (
    SELECT message.id,
           message.state = ANY ($2::text[]) AND NOT (message.state = 'queued' AND message.lease IS NOT NULL)
               -- It leaves with its digest, or by itself again if that is taken back as well.
               AND message.reason IS DISTINCT FROM 'in_digest'
               OR message.id = ANY ($3::uuid[]) AND message.state IN ('sent', 'waiting') AS cancels
    FROM unnest($1::uuid[]) AS of (key)
    JOIN message ON message.event_key = of.key AND message.id BETWEEN moment_start(of.key) AND moment_end(of.key)
    ORDER BY message.id
    FOR UPDATE OF message
)
UPDATE message
SET state = CASE WHEN cancels THEN 'cancelled' ELSE state END,
    reason = CASE WHEN cancels THEN 'recalled' ELSE reason END,
    next_at = CASE WHEN state = 'sending' THEN next_at END,
    fallback = NULL, patience = NULL, updated_at = now()
FROM found WHERE message.id = found.id AND (cancels OR fallback IS NOT NULL)

-- digests --
-- Those that have a message of these events and have not left. Their other messages leave by themselves.
SELECT DISTINCT notice_digest.event_key, notice_digest.person, notice_digest.due_at, of.key AS of
FROM unnest($1::uuid[]) AS of (key)
JOIN message ON message.event_key = of.key AND message.id BETWEEN moment_start(of.key) AND moment_end(of.key)
 AND (message.state = 'held' AND message.reason = 'in_digest') IS TRUE
JOIN notice_digest ON notice_digest.person = message.person AND notice_digest.settled_at IS NULL
 AND message.id = ANY (notice_digest.messages)
WHERE NOT EXISTS (
    SELECT FROM message AS told
    WHERE told.event_key = notice_digest.event_key
      AND told.id BETWEEN moment_start(notice_digest.event_key) AND moment_end(notice_digest.event_key)
      AND told.state IN ('sending', 'sent', 'waiting', 'delivered', 'read')
)
