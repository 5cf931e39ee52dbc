Lists and details for operators.

-- letter --
-- How far a letter has come that is not handed over; of any other message NULL.
CASE WHEN message.channel = 'print' AND message.state = 'sent' THEN coalesce((
        SELECT nullif(letter.state, 'delivered') FROM letter WHERE letter.id = message.id), 'open') END AS letter

-- no_letter --
NOT (message.channel = 'print' AND message.state = 'sent' AND NOT EXISTS (
    SELECT FROM letter WHERE letter.id = message.id AND letter.state = 'posted'
))

-- letters --
-- Those that nobody has handed over, nor given to the post: of few states, by the index of them.
SELECT count(*)::int AS n FROM (
    SELECT FROM letter JOIN message ON message.id = letter.id
    WHERE letter.state IN ('open', 'batched', 'printed') AND message.state = 'sent'
      AND ($2::text[] IS NULL OR message.copropiedad_id = ANY ($2))
    LIMIT $1
) AS waiting

-- messages --
-- Merges the newest rows of each state: one index serves the list with and without a state filter.
SELECT found.* FROM unnest($4::text[]) AS asked (state)
CROSS JOIN LATERAL (
    SELECT {columns} FROM message
    WHERE message.state = asked.state AND created_at <= $1 AND (created_at, id) < ($1, $2) AND {narrowed}
    ORDER BY created_at DESC, id DESC
    LIMIT $3
) AS found
ORDER BY created_at DESC, id DESC
LIMIT $3

-- messages_there --
-- The same for each copropiedad that the caller may see.
SELECT found.* FROM unnest($4::text[]) AS asked (state)
CROSS JOIN unnest($5::text[]) AS place (copropiedad)
CROSS JOIN LATERAL (
    SELECT {columns} FROM message
    WHERE copropiedad_id = place.copropiedad AND message.state = asked.state
      AND created_at <= $1 AND (created_at, id) < ($1, $2) AND {narrowed}
    ORDER BY created_at DESC, id DESC
    LIMIT $3
) AS found
ORDER BY created_at DESC, id DESC
LIMIT $3

-- messages_of --
-- One person or one event has few messages: a plain sort is enough.
SELECT {columns} FROM message
WHERE (created_at, id) < ($1, $2) AND state = ANY ($4::text[]) AND {narrowed}
ORDER BY created_at DESC, id DESC
LIMIT $3

-- causes --
-- A list is bounded, and so is what is grouped here.
SELECT state, reason, channel, count(*)::int AS count, max(created_at) AS newest
FROM ({newest}) AS newest
GROUP BY state, reason, channel
ORDER BY count DESC, newest DESC, state, reason, channel

-- message --
SELECT {columns}, coalesce(skipped, '[]') AS skipped, name, address, event_key, occasion,
       (SELECT case_key FROM event WHERE event.key = message.event_key) AS case
FROM message WHERE id = $1 AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))

-- attempts --
SELECT at, outcome, provider, reference, code FROM attempt WHERE message_id = $1 ORDER BY at

-- step_messages --
SELECT split_part(event.id, ':', 1)::uuid AS clock, substr(event.id, strpos(event.id, ':') + 1) AS step,
       message.id AS message_id, message.event, person, name, channel, state, reason, created_at AS at
FROM unnest($1::text[]) AS step (id)
CROSS JOIN LATERAL (
    SELECT id, key FROM event WHERE event.id = step.id AND event.source = $2 AND event.key >= $3
    OFFSET 0
) AS event
CROSS JOIN LATERAL (
    SELECT * FROM message
    WHERE message.event_key = event.key AND message.id BETWEEN moment_start(event.key) AND moment_end(event.key)
    OFFSET 0
) AS message
ORDER BY created_at, message.id

-- recent_clocks --
-- Follow-ups promise nothing to anybody.
SELECT found.* FROM unnest($4::text[]) AS asked (state)
CROSS JOIN LATERAL (
    SELECT * FROM clock
    WHERE clock.state = asked.state AND started_at <= $1 AND (started_at, id) < ($1, $2)
      AND jsonb_typeof(promise -> 'follow_up') IS DISTINCT FROM 'object'
    ORDER BY started_at DESC, id DESC
    LIMIT $3
) AS found
ORDER BY started_at DESC, id DESC
LIMIT $3

-- recent_clocks_there --
SELECT found.* FROM unnest($4::text[]) AS asked (state)
CROSS JOIN unnest($5::text[]) AS place (copropiedad)
CROSS JOIN LATERAL (
    SELECT * FROM clock
    WHERE copropiedad_id = place.copropiedad AND clock.state = asked.state
      AND started_at <= $1 AND (started_at, id) < ($1, $2)
      AND jsonb_typeof(promise -> 'follow_up') IS DISTINCT FROM 'object'
    ORDER BY started_at DESC, id DESC
    LIMIT $3
) AS found
ORDER BY started_at DESC, id DESC
LIMIT $3

-- clocks_of --
-- A few copropiedades have few live clocks: a plain sort is enough. Clocks that notify nobody are left out, as on
-- the boards.
SELECT * FROM clock
WHERE copropiedad_id = ANY ($5::text[]) AND state = ANY ($4::text[]) AND (due_at, id) > ($1, $2)
  AND NOT promise @> '{"silent": true}'
ORDER BY due_at, id
LIMIT $3

-- board --
-- Those that notify nobody are left out, as on the boards in Redis.
SELECT * FROM clock
WHERE (due_at, id) > ($1, $2) AND ended_at IS NULL AND NOT promise @> '{{"silent": true}}'
  AND jsonb_typeof(promise -> 'follow_up') IS DISTINCT FROM 'object' AND state = ANY ($4::text[]) AND {narrowed}
ORDER BY due_at, id
LIMIT $3

-- ended_clocks --
SELECT found.* FROM unnest($4::text[]) AS asked (state)
CROSS JOIN LATERAL (
    SELECT * FROM clock
    WHERE clock.state = asked.state AND started_at <= $1 AND (started_at, id) < ($1, $2) AND ended_at IS NOT NULL
      AND jsonb_typeof(promise -> 'follow_up') IS DISTINCT FROM 'object' AND {narrowed}
    ORDER BY started_at DESC, id DESC
    LIMIT $3
) AS found
ORDER BY started_at DESC, id DESC
LIMIT $3

-- promises --
-- All clocks of a case: a case that began in the period may have been reopened later.
SELECT case_key AS case, name, state, started_at, ended_at, level, promise, coalesce(course, '{}') AS course,
       context ->> 'service_area' AS area, copropiedad_id AS copropiedad
FROM clock
WHERE case_key IN (
    SELECT began.case_key FROM clock AS began
    WHERE began.state = ANY ($3::text[]) AND began.started_at >= $1 AND began.started_at < $2
      AND ($4::text IS NULL OR began.context ->> 'service_area' = $4)
      AND ($5::text[] IS NULL OR began.copropiedad_id = ANY ($5))
  )
  AND ($4 IS NULL OR context ->> 'service_area' = $4) AND ($5 IS NULL OR copropiedad_id = ANY ($5))
ORDER BY started_at, id

-- live_counts --
SELECT 'messages' AS noun, state, count(*) AS n FROM message
WHERE state IN ('queued', 'sending', 'held', 'retrying') {there} GROUP BY state
UNION ALL
SELECT 'clocks', state, count(*) FROM clock WHERE ended_at IS NULL {there} GROUP BY state
UNION ALL
SELECT 'dead', state, count(*) FROM dead_letter WHERE state = 'open' GROUP BY state

-- newest --
SELECT FROM message WHERE message.state = ended.state ORDER BY created_at DESC LIMIT $1

-- newest_there --
-- Of each copropiedad by its own index: that of all messages would be walked for the few of a small one.
SELECT FROM unnest($2::text[]) AS place (copropiedad)
    CROSS JOIN LATERAL (
        SELECT FROM message WHERE copropiedad_id = place.copropiedad AND message.state = ended.state
        ORDER BY created_at DESC LIMIT $1
    ) AS found
    LIMIT $1

-- ended_counts --
-- What has ended grows for ever: of each state no more than $1 are counted. The order makes each count a range of
-- an index, also of a state that no row has.
SELECT 'messages' AS noun, state, (SELECT count(*) FROM ({newest}) AS first) AS n
FROM unnest('{{sent, waiting, delivered, read, failed, bounced, suppressed, expired, cancelled}}'::text[]) AS ended (state)
UNION ALL
SELECT 'clocks', state, (
    SELECT count(*) FROM (
        SELECT FROM clock WHERE clock.state = ended.state AND ended_at IS NOT NULL {there}
        ORDER BY started_at DESC LIMIT $1
    ) AS first
)
-- A promise that ended late is nobody's work any more: `breached` counts those that still run.
FROM unnest('{{met, cancelled}}'::text[]) AS ended (state)
UNION ALL
SELECT 'dead', state, (
    SELECT count(*) FROM (
        SELECT FROM dead_letter WHERE dead_letter.state = ended.state ORDER BY received_at DESC LIMIT $1
    ) AS first
)
FROM unnest('{{replayed, discarded}}'::text[]) AS ended (state)
