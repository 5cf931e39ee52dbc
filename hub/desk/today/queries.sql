Today: by the indexes of what is due, message_due and clock_board.

-- leaving --
SELECT found.event_key AS key, event.id AS event_id, found.event, event.data, found.place,
       coalesce(copropiedad.name, '') AS building, found.messages, found.at
FROM (
    SELECT event_key, event, min(copropiedad_id) AS place, count(*)::int AS messages, min(next_at) AS at
    FROM message
    WHERE next_at IS NOT NULL AND next_at > now() AND next_at <= $1 AND state = 'held'
      AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))
    GROUP BY event_key, event
    ORDER BY messages DESC, event_key
    LIMIT $3
) AS found
JOIN event ON event.key = found.event_key
LEFT JOIN copropiedad ON copropiedad.id = found.place
ORDER BY found.at, found.event_key

-- due --
-- The end of a day belongs to it.
SELECT ((due_at - interval '1 minute') AT TIME ZONE 'America/Bogota')::date AS day, count(*)::int AS promises
FROM clock
WHERE due_at > $1 AND due_at <= $2 AND ended_at IS NULL AND NOT promise @> '{"silent": true}'
  AND jsonb_typeof(promise -> 'follow_up') IS DISTINCT FROM 'object' AND state <> 'breached'
  AND ($3::text[] IS NULL OR copropiedad_id = ANY ($3))
GROUP BY 1
ORDER BY 1
