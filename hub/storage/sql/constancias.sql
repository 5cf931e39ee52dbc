What a constancia is made of, some messages at a time.

-- said --
SELECT message.*, event.time AS event_time, event.source, event.data
FROM message
CROSS JOIN LATERAL (
    SELECT * FROM event
    WHERE event.key = message.event_key AND event.key BETWEEN moment_start($2) AND moment_end($3)
    OFFSET 0
) AS event
WHERE message.id = ANY ($1::uuid[]) AND message.id BETWEEN $2 AND $3
ORDER BY message.id

-- calls --
SELECT * FROM attempt WHERE message_id = ANY ($1::uuid[]) AND message_id BETWEEN $2 AND $3 ORDER BY message_id, at

-- sealed --
SELECT message_id, at, recorded_at, outcome, provider, reference, code,
       (extract(epoch FROM took) * 1000000)::bigint AS took, digest, version
FROM attempt
WHERE message_id = ANY ($1::uuid[]) AND message_id BETWEEN $2 AND $3
UNION ALL
SELECT message_id, recorded_at, recorded_at, state, '', NULL, coalesce(reason, ''), 0, NULL, NULL
FROM ending
WHERE message_id = ANY ($1::uuid[]) AND message_id BETWEEN $2 AND $3
ORDER BY message_id, at

-- name --
SELECT name FROM person WHERE id = $1 AND NOT removed

-- brand --
SELECT branding FROM copropiedad WHERE id = $1

-- places --
SELECT name FROM copropiedad WHERE id = ANY ($1::text[]) ORDER BY name
