The contacts of a person by day and channel. `hub.contact_rules.limits` decides what is still allowed.

-- lock --
-- A statement of its own: later reads see all that was committed while it waited. Sorted: two batches that
-- overlap wait for each other instead of deadlocking.
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended('hub contact ' || person, 0) AS key FROM unnest($1::text[]) AS given (person)
    ORDER BY 1
    OFFSET 0
) AS locks

-- taken --
-- A slot kept for a retry counts only while that may come: the message may have been cancelled, or have expired.
SELECT slot.person, slot.day, slot.message_id, slot.channel, slot.spent
FROM unnest($1::text[]) AS asked (person)
CROSS JOIN LATERAL (
    SELECT * FROM contact_slot WHERE contact_slot.person = asked.person AND day BETWEEN $2 AND $3
    OFFSET 0
) AS slot
WHERE slot.spent OR EXISTS (
    SELECT FROM message
    WHERE message.id = slot.message_id AND message.state IN ('queued', 'held', 'retrying', 'sending')
)

-- reserve --
INSERT INTO contact_slot (person, day, message_id, channel, lease)
SELECT person, $4::date, message_id, channel, $5::uuid
FROM unnest($1::text[], $2::uuid[], $3::text[]) AS given (person, message_id, channel)
ON CONFLICT (person, day, message_id) DO UPDATE SET lease = excluded.lease, spent = true

-- free --
DELETE FROM contact_slot WHERE message_id = ANY ($1::uuid[]) AND lease = $2

-- keep --
UPDATE contact_slot SET spent = false WHERE message_id = ANY ($1::uuid[]) AND lease = $2

-- drop --
DELETE FROM contact_slot WHERE day < $1 RETURNING day

-- addresses --
-- A person with neither an email address nor a number has an empty row. A person who gave an unreadable one has no
-- row: the register may know it.
SELECT person.id AS person,
       coalesce(array_agg(point ->> 'value') FILTER (WHERE point ->> 'kind' <> 'push'), '{}') AS addresses
FROM person LEFT JOIN LATERAL jsonb_array_elements(person.contact_points) AS point ON true
WHERE person.id = ANY ($1::text[]) AND NOT person.removed
GROUP BY person.id
HAVING bool_or(point ->> 'kind' <> 'push') OR NOT EXISTS (
    SELECT FROM jsonb_array_elements(person.contact_points_given) AS given WHERE given ->> 'kind' <> 'push'
)
