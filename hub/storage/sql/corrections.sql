Whom messages of an event that was taken back had reached, and what of it is to be corrected.

-- being_sent --
-- A row that release_due has queued still has the lease of its last holder, whose answer counts until another claims it.
SELECT FROM unnest($1::uuid[]) AS of (key)
JOIN message ON message.event_key = of.key AND message.id BETWEEN moment_start(of.key) AND moment_end(of.key)
WHERE message.state = 'sending' OR message.state = 'queued' AND message.lease IS NOT NULL
LIMIT 1

-- recalled --
SELECT event.key FROM unnest($1::uuid[]) AS of (key)
JOIN event ON event.key = of.key
JOIN recall ON recall.source = event.source AND recall.event_id = event.id
ORDER BY event.key

-- had --
-- A message that its person has, or may have: an outcome that nobody knows may have arrived, whatever the message
-- became after it, unless it came back.
(
      state IN ('delivered', 'read')
      OR state = 'sent' AND (channel <> 'print' OR EXISTS (
          SELECT FROM letter
          WHERE letter.id = message.id AND (letter.posted_at IS NOT NULL OR letter.handed_over_at IS NOT NULL)
      ))
      OR state = 'waiting' AND EXISTS (
          SELECT FROM inbox_item WHERE inbox_item.id = message.id AND inbox_item.read_at IS NOT NULL
      )
      OR state <> 'bounced' AND EXISTS (
          SELECT FROM attempt
          WHERE attempt.message_id = message.id AND attempt.outcome = 'unknown'
            AND attempt.message_id BETWEEN moment_start($1) AND moment_end($1)
      )
)

-- reached --
SELECT count(DISTINCT person) AS people, count(DISTINCT person) FILTER (WHERE <had>) AS had, EXISTS (
    SELECT FROM event JOIN recall ON recall.source = event.source AND recall.event_id = event.id WHERE event.key = $1
) AS recalled
FROM message
WHERE event_key = $1 AND id BETWEEN moment_start($1) AND moment_end($1)

-- readers --
SELECT $1::uuid AS event_key, person, array_agg(DISTINCT channel ORDER BY channel) AS channels,
       bool_or(purpose = 'legal') AS legal
FROM message
WHERE event_key = $1 AND id BETWEEN moment_start($1) AND moment_end($1) AND person > $2
  AND <had>
GROUP BY person
ORDER BY person
LIMIT $3

-- wrong --
SELECT key AS event_key, source, id AS event_id, coalesce(copropiedad_id, '') AS place,
       EXISTS (SELECT FROM poster WHERE poster.event_key = event.key) AS hung, true AS recalled, true AS arrived
FROM event WHERE key = $1

-- uncorrected --
-- What the desk recalls of its own has a communication; of others the recall itself says what is right.
SELECT wrong.key AS event_key, said.key AS recall_key, said.source AS said_by, said.time AS said_at,
       wrong.copropiedad_id AS place, wrong.type AS event, wrong.data ->> 'title' AS title,
       said.data ->> 'correction_markdown' AS correction_markdown, said.data ->> 'reason' AS reason
FROM recall
JOIN event AS said ON said.key = recall.by_key
JOIN event AS wrong ON wrong.source = recall.source AND wrong.id = recall.event_id
WHERE recall.by_key > $1 AND said.data ->> 'correction_markdown' <> ''
  AND NOT EXISTS (SELECT FROM communication_part AS part WHERE part.event_key = wrong.key)
  AND NOT EXISTS (
      SELECT FROM communication WHERE kind = 'admin.correction.issued'
        AND draft #>> '{data,references,key}' = wrong.key::text
  )
ORDER BY recall.by_key
LIMIT 50
