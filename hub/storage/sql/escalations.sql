Escalations that people have received, as they stand now.

-- of_message --
SELECT message.id AS message_id, message.person, event.data ->> 'clock_id' AS clock_id,
       (event.data ->> 'to_level')::int AS level, event.copropiedad_id
FROM message JOIN event ON event.key = message.event_key AND event.key BETWEEN moment_start($1) AND moment_end($1)
WHERE message.id = $1 AND message.event = ANY ($2::text[]) AND message.purpose IN ('internal', 'emergency')
  AND event.data ->> 'clock_id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'

-- holders --
-- Of any service area: whoever was called stays the one who may answer, also when somebody nearer has come.
SELECT id FROM member
WHERE level = $1 AND (scope_kind = 'company' OR (scope_kind = 'copropiedad' AND scope_id = $2))

-- taken --
SELECT event.time AS at, event.data ->> 'by' AS by, (event.data ->> 'level')::int AS level, person.name
FROM event LEFT JOIN person ON person.id = event.data ->> 'by' AND NOT person.removed
WHERE event.id = $1 AND event.source = $2 AND event.key >= $3
