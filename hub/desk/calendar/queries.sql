Calendar: what is scheduled and what falls due between $1 and $2, of the copropiedades $3, at most $4 of each kind.

-- communications --
SELECT id::text AS id, 'communication' AS kind, starts_at AS at, title, CASE WHEN cardinality(places) = 1 THEN places[1] END AS copropiedad
FROM communication
WHERE state = 'scheduled' AND starts_at >= $1 AND starts_at < $2 AND ($3::text[] IS NULL OR places <@ $3)
ORDER BY starts_at, id
LIMIT $4

-- reminders --
-- By the index of what is due. A reminder of an event has a message for each person: of the first thousands.
SELECT event_key::text AS id, 'reminder' AS kind, min(at) AS at, event AS title, copropiedad
FROM (
    SELECT event_key, event, copropiedad_id AS copropiedad, next_at AS at FROM message
    WHERE next_at >= $1 AND next_at < $2 AND state = 'held' AND starts_with(occasion, 'reminder:')
      AND ($3::text[] IS NULL OR copropiedad_id = ANY ($3))
    ORDER BY next_at
    LIMIT 5000
) AS due
GROUP BY event_key, event, copropiedad, (at AT TIME ZONE 'America/Bogota')::date
ORDER BY at, id
LIMIT $4

-- posters --
SELECT id::text AS id, 'poster' AS kind, hangs_until AS at, coalesce(title, event) AS title, copropiedad_id AS copropiedad
FROM poster
WHERE hangs_until > $1 AND hangs_until <= $2 AND taken_down_at IS NULL
  AND ($3::text[] IS NULL OR copropiedad_id = ANY ($3))
ORDER BY hangs_until, id
LIMIT $4

-- promises --
SELECT id::text AS id, 'promise' AS kind, due_at AS at, name AS title, copropiedad_id AS copropiedad
FROM clock
WHERE due_at > $1 AND due_at <= $2 AND ended_at IS NULL AND NOT promise @> '{"silent": true}'
  AND jsonb_typeof(promise -> 'follow_up') IS DISTINCT FROM 'object'
  AND ($3::text[] IS NULL OR copropiedad_id = ANY ($3))
ORDER BY due_at, id
LIMIT $4
