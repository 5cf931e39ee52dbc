What operators look at.

-- messages --
SELECT id, event_id, event, person, channel, purpose, state, reason, next_at, created_at FROM message
WHERE (created_at, id) < ($1, $2) AND {narrowed}
ORDER BY created_at DESC, id DESC
LIMIT $3

-- message --
SELECT id, event_id, event, person, channel, purpose, state, reason, next_at, created_at, skipped, name, address
FROM message WHERE id = $1

-- attempts --
SELECT at, outcome, provider, reference, code FROM attempt WHERE message_id = $1 ORDER BY at

-- clocks --
SELECT id, case_key AS case, name, state, started_at, due_at, level FROM clock
WHERE id = ANY ($1::uuid[])
ORDER BY array_position($1::uuid[], id)

-- recent_clocks --
SELECT id, case_key AS case, name, state, started_at, due_at, level FROM clock
WHERE ($1::text IS NULL OR state = $1) AND (started_at, id) < ($2, $3)
ORDER BY started_at DESC, id DESC
LIMIT $4

-- counts --
SELECT 'messages' AS noun, state, count(*) AS n FROM message GROUP BY state
UNION ALL
SELECT 'clocks', state, count(*) FROM clock GROUP BY state
UNION ALL
SELECT 'dead', state, count(*) FROM dead_letter GROUP BY state
