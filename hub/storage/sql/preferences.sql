What people wish of messages, and whom staff has marked as not to be contacted. No row of either is changed, but that
a mark ends.

-- latest --
SELECT * FROM preference WHERE person = $1 ORDER BY version DESC LIMIT 1

-- history --
SELECT * FROM preference WHERE person = $1 ORDER BY version DESC LIMIT $2

-- keep --
-- The second of two changes at once finds the version taken and is made anew from the result of the first.
-- Notices that wait for a digest are judged anew: they leave by themselves where there is none any more.
WITH kept AS (
    INSERT INTO preference (person, version, at, by, way, wishes) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING
    RETURNING version
), freed AS (
    UPDATE message SET next_at = now(), updated_at = now()
    WHERE person = $1 AND (state = 'held' AND reason = 'digest') IS TRUE AND EXISTS (SELECT FROM kept)
)
SELECT version FROM kept

-- marks --
SELECT * FROM do_not_contact WHERE person = $1 ORDER BY since DESC, id DESC

-- stopped --
-- What was meant for a person and not sent because of a mark.
SELECT event.source, message.event, count(DISTINCT message.event_key) AS events, max(message.created_at) AS last_at
FROM message
CROSS JOIN LATERAL (
    SELECT source FROM event
    WHERE event.key = message.event_key AND event.key BETWEEN moment_start(message.id) AND moment_end(message.id)
    OFFSET 0
) AS event
WHERE message.person = $1 AND message.state IN ('suppressed', 'cancelled') AND message.reason = 'do_not_contact'
  AND ($3::text[] IS NULL OR message.copropiedad_id = ANY ($3))
GROUP BY event.source, message.event
ORDER BY last_at DESC
LIMIT $2

-- mark --
INSERT INTO do_not_contact (id, person, reason, since, until, by, note) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING

-- letters --
-- A letter that is posted or handed over is on its way; one that the law demands is printed all the same.
WITH gone AS (
    DELETE FROM letter USING message
    WHERE letter.person = $1 AND message.id = letter.id AND message.state = 'sent' AND message.purpose = ANY ($2::text[])
      AND letter.handed_over_at IS NULL AND letter.posted_at IS NULL
    RETURNING letter.id
)
UPDATE message SET state = 'cancelled', reason = 'do_not_contact', fallback = NULL, patience = NULL, updated_at = now()
FROM gone WHERE message.id = gone.id AND message.state = 'sent'

-- end_marks --
UPDATE do_not_contact SET ended_at = $2, ended_by = $3
WHERE person = $1 AND ended_at IS NULL AND (until IS NULL OR until > $2) AND ($4::text IS NULL OR reason = $4)
RETURNING id
