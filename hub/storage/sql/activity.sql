How much the hub does. The index of state and time serves both; `state` has every state, so that it is used.

-- hours --
SELECT date_trunc('hour', created_at) AS hour, state, count(*)::int AS messages FROM message
WHERE state = ANY ($2::text[]) AND created_at >= $1 {there}
GROUP BY 1, 2
ORDER BY 1, 2

-- letters --
-- Of those messages the letters that nobody has handed over, nor given to the post: they have not left.
SELECT message.created_at AS at FROM letter JOIN message ON message.id = letter.id
WHERE letter.state IN ('open', 'batched', 'printed') AND letter.created_at >= $1 AND message.created_at >= $1
  AND message.state = 'sent' AND ($2::text[] IS NULL OR message.copropiedad_id = ANY ($2))

-- channels --
SELECT channel, state, count(*)::int AS messages FROM message
WHERE state = ANY ($2::text[]) AND created_at >= $1 {there}
GROUP BY 1, 2
ORDER BY 1, 2

-- accepted --
-- The block index of the instant at which an attempt was recorded serves it, with any rows.
SELECT count(*)::int AS hour, (count(*) FILTER (WHERE attempt.recorded_at >= $2))::int AS lately
FROM attempt
WHERE attempt.recorded_at >= $1 AND attempt.outcome = 'accepted' {there}

-- accepted_there --
AND EXISTS (SELECT FROM message WHERE message.id = attempt.message_id AND message.copropiedad_id = ANY ($3::text[]))

-- waiting --
SELECT count(DISTINCT person)::int AS people, count(DISTINCT copropiedad_id)::int AS copropiedades,
       count(*) = 10000 AS bounded, {building}
FROM (
    SELECT person, copropiedad_id FROM message
    WHERE state IN ('queued', 'retrying', 'sending') AND channel = $1
      AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))
    LIMIT 10000
) AS found

-- building --
-- The name of the only copropiedad that is among what was found.
coalesce(CASE WHEN count(DISTINCT copropiedad_id) = 1
              THEN (SELECT name FROM copropiedad WHERE id = min(found.copropiedad_id)) END, '') AS building

-- overdue --
SELECT min(due_at) AS since, count(DISTINCT copropiedad_id)::int AS copropiedades, {building}
FROM clock AS found
WHERE ended_at IS NULL AND state = 'breached' AND ($1::text[] IS NULL OR copropiedad_id = ANY ($1))

-- refused --
SELECT min(received_at) AS since, coalesce(mode() WITHIN GROUP (ORDER BY source), '') AS source
FROM dead_letter WHERE state = 'open'
