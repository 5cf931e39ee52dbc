Why a person was or was not notified of an event.

-- events --
SELECT * FROM event WHERE id = $1 AND ($2::text IS NULL OR source = $2) ORDER BY source

-- refused --
SELECT reason, state, received_at FROM dead_letter
WHERE event_id = $1 AND ($2::text IS NULL OR source = $2)
ORDER BY received_at DESC
LIMIT 1

-- recall --
SELECT event.* FROM recall JOIN event ON event.key = recall.by_key
WHERE recall.source = $1 AND recall.event_id = $2

-- audiences --
SELECT audience_record.*, left_out.person AS left_person, left_out.reason, left_out.detail
FROM audience_record LEFT JOIN left_out
  ON left_out.event_key = audience_record.event_key AND left_out.audience = audience_record.audience
 AND left_out.person = $2
WHERE audience_record.event_key = $1
ORDER BY audience_record.audience

-- messages --
SELECT * FROM message
WHERE event_key = $1 AND id BETWEEN moment_start($1) AND moment_end($1) AND person = $2
ORDER BY created_at, occasion, step, id

-- alerted --
-- When the desk was first asked to call the person about this event of an emergency.
SELECT time FROM event
WHERE case_key = $1 AND type = $2 AND data ->> 'about_id' = $3 AND data -> 'people' @> $4::jsonb
ORDER BY time
LIMIT 1

-- attempts --
SELECT message_id, at, outcome, provider, reference, code FROM attempt WHERE message_id = ANY ($1::uuid[]) ORDER BY at

-- reported --
SELECT message_id, at FROM reported WHERE message_id = ANY ($1::uuid[])

-- contacts --
-- Contacts for which this message waits until the day $3: those of the days just before it, by other
-- messages.
SELECT slot.day, slot.channel, coalesce(message.purpose, '') AS purpose
FROM contact_slot AS slot LEFT JOIN message ON message.id = slot.message_id
WHERE slot.person = $1 AND slot.message_id <> $2 AND slot.day >= $3::date - 7 AND slot.day < $3::date
ORDER BY slot.day DESC, slot.channel

-- history --
-- Includes the versions of a membership in which it belonged to somebody else or was removed.
WITH mine AS (
    SELECT DISTINCT id FROM directory_version WHERE kind = 'membership' AND data ->> 'person_id' = $1
)
SELECT version.* FROM mine CROSS JOIN LATERAL (
    SELECT kind, id, version, since, until, removed, position, received_at, data FROM directory_version
    WHERE kind = 'membership' AND id = mine.id
    OFFSET 0
) AS version
UNION ALL
SELECT kind, id, version, since, until, removed, position, received_at, NULL FROM directory_version
WHERE kind = 'person' AND id = $1
ORDER BY kind, id, version

-- units --
SELECT id, label, copropiedad_id, tower FROM unit WHERE id = ANY ($1::text[])

-- unit_history --
SELECT id, version, position, data FROM directory_version WHERE kind = 'unit' AND id = ANY ($1::text[])
ORDER BY id, version

-- copropiedades --
SELECT id, name FROM copropiedad WHERE id = ANY ($1::text[])
