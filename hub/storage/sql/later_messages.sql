What was said later about the case of an expired message.

-- later --
-- For each expired message the newest one that has left for the same person since. The steps of a clock are in cases
-- of their own. A message in a file, and a letter that nobody has handed over, has not left.
SELECT lapsed.id AS about, later.id,
       EXISTS (SELECT FROM clock WHERE clock.case_key = about.case_key AND ended_at IS NULL) AS case_open
FROM message AS lapsed
CROSS JOIN LATERAL (
    SELECT case_key, time FROM event
    WHERE key = lapsed.event_key AND key BETWEEN moment_start(lapsed.id) AND moment_end(lapsed.id)
    OFFSET 0
) AS about
LEFT JOIN LATERAL (
    SELECT message.id
    FROM (
        SELECT about.case_key
        UNION ALL
        SELECT 'clock_id:' || clock.id FROM clock WHERE clock.case_key = about.case_key
    ) AS named
    CROSS JOIN LATERAL (
        SELECT key, time FROM event WHERE event.case_key = named.case_key AND event.time > about.time
        OFFSET 0
    ) AS event
    JOIN message ON message.event_key = event.key
     AND message.id BETWEEN moment_start(event.key) AND moment_end(event.key)
    WHERE message.person = lapsed.person AND message.state IN ('sent', 'delivered', 'read')
      AND NOT (message.channel = 'print' AND message.state = 'sent')
      AND EXISTS (
          SELECT FROM attempt
          WHERE attempt.message_id = message.id AND outcome IN ('accepted', 'sent', 'delivered', 'read') AND provider <> 'file'
      )
    ORDER BY event.time DESC, message.id
    LIMIT 1
) AS later ON true
WHERE lapsed.id = ANY ($1::uuid[]) AND lapsed.id BETWEEN $2 AND $3 AND about.case_key IS NOT NULL

-- messages --
SELECT * FROM message WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3

-- attempts --
SELECT message_id, at, outcome, provider, reference, code FROM attempt
WHERE message_id = ANY ($1::uuid[]) AND message_id BETWEEN $2 AND $3
ORDER BY at
