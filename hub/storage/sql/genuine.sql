Messages by the code that they carry, and what people do not recognise.

-- find --
-- A code names a range of ids and the last 30 bits of one in it. Nobody has a message that has not left yet: a code of
-- it can be a guess only. An unknown outcome, or a lease, may be a message that somebody holds in their hand.
SELECT sought.key_id, message.*, event.key AS of_key, copropiedad.name AS building,
       coalesce(leaving.at, message.updated_at) AS sent_at, withdrawal.time AS recalled_at, reported.at AS reported_at
FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::bigint[]) AS sought (key_id, since, until, tail)
JOIN message ON message.id BETWEEN sought.since AND sought.until
 AND ('x' || right(message.id::text, 8))::bit(32)::bigint & 1073741823 = sought.tail
 -- Not by the index of channels, which would read all their messages: the range of ids is a moment.
 AND message.channel || '' IN ('print', 'sms', 'whatsapp')
JOIN event ON event.key = message.event_key AND event.key BETWEEN moment_start(message.id) AND moment_end(message.id)
LEFT JOIN copropiedad ON copropiedad.id = message.copropiedad_id
LEFT JOIN recall ON recall.source = event.source AND recall.event_id = event.id
LEFT JOIN event AS withdrawal ON withdrawal.key = recall.by_key
LEFT JOIN reported ON reported.message_id = message.id
LEFT JOIN LATERAL (
    SELECT min(attempt.at) AS at FROM attempt
    WHERE attempt.message_id = message.id AND attempt.outcome IN ('accepted', 'unknown')
) AS leaving ON true
WHERE leaving.at IS NOT NULL OR message.state = 'sending'
ORDER BY message.id
LIMIT 4

-- report --
WITH kept AS (
    INSERT INTO reported (message_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING at
)
SELECT at FROM kept UNION ALL SELECT at FROM reported WHERE message_id = $1 LIMIT 1
