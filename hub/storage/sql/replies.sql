Replies: the message that a reply answers, its row, its opt-outs.
Replies as operators see them.

-- about --
-- Our acknowledgement of a reply goes to the address that wrote; the person is in the event, and so is what it asks.
SELECT message.id AS message_id, message.name, message.address,
       -- A conversation may have become a case since ($3).
       coalesce((
           SELECT filed.data ->> 'case' FROM event AS filed
           WHERE filed.case_key = event.case_key AND event.case_key LIKE 'thread\_id:%' AND filed.type = $3
           ORDER BY filed.time LIMIT 1
       ), event.case_key) AS case_key, event.data,
       event.copropiedad_id, event.unit_id,
       CASE WHEN message.event = ANY ($2::text[]) THEN event.data ->> 'person' ELSE message.person END AS person,
       CASE WHEN message.event = ANY ($2::text[]) THEN coalesce(event.data ->> 'asks', '') ELSE '' END AS asked,
       message.event, message.audience, message.purpose, message.variant, message.units,
       (
           SELECT point ->> 'value' FROM person, jsonb_array_elements(person.contact_points) AS point
           WHERE person.id = message.person AND NOT person.removed AND point ->> 'kind' = 'phone' LIMIT 1
       ) AS phone
FROM message JOIN event ON event.key = message.event_key AND event.key BETWEEN moment_start($1) AND moment_end($1)
WHERE message.id = $1

-- by_number --
-- Messages of an emergency first, while it may last: its recipient may have got other messages meanwhile.
SELECT id AS message_id FROM message
WHERE channel IN ('sms', 'whatsapp') AND address = $1 AND created_at > now() - $2::interval
  AND state IN ('sending', 'sent', 'delivered', 'read')
ORDER BY purpose = 'emergency' AND created_at > now() - $3::interval DESC, created_at DESC
LIMIT 1

-- escalations --
-- The escalation texts sent to this number: each names its clock and the level that now has the case. A call
-- for help came before its clock, which is its case's newest ($4), with level 1; its main text answers who called.
SELECT called.message_id, called.person, called.clock_id, called.level
FROM (
    SELECT message.id AS message_id, message.person, message.created_at,
           coalesce(event.data ->> 'clock_id', (
               SELECT clock.id::text FROM clock
               WHERE clock.case_key = event.case_key AND clock.name = ANY ($4::text[])
               ORDER BY clock.started_at DESC LIMIT 1
           )) AS clock_id,
           coalesce((event.data ->> 'to_level')::int, 1) AS level
    FROM message JOIN event ON event.key = message.event_key
    WHERE message.channel = 'sms' AND message.address = $1 AND message.created_at > now() - $2::interval
      AND message.event = ANY ($3::text[]) AND message.purpose IN ('internal', 'emergency')
      AND (event.data ->> 'to_level' IS NOT NULL OR message.variant IS NOT NULL)
      AND message.state IN ('sending', 'sent', 'delivered', 'read')
) AS called
WHERE called.clock_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
ORDER BY called.created_at DESC

-- one_writer --
-- Lock: of two simultaneous texts of one writer, only one is acknowledged.
SELECT pg_advisory_xact_lock(hashtextextended($1, 0))

-- add --
INSERT INTO reply (
    id, message_id, at, revokes, acknowledge, kind, channel, provider, reference, address, thread, person,
    case_key, subject, text, taking
)
VALUES (
    $1, $2, $3, $4,
    -- An opt-out is confirmed once, whatever it answers, while it stands. Every reply that takes a case (TOMO) is
    -- answered, because the result may differ each time; and every call for help ($19), for a person who writes
    -- again is waiting.
    $5 AND CASE WHEN $6 = 'opt_out' THEN NOT (
        (SELECT count(*) FROM opt_out WHERE opt_out.address = $10 AND purpose = ANY ($20::text[]) AND lifted_at IS NULL)
            = cardinality($20::text[])
        AND EXISTS (
            SELECT FROM reply AS earlier WHERE earlier.address = $10 AND earlier.acknowledge AND earlier.kind = $6
        )
    ) ELSE $16::jsonb IS NOT NULL OR $19 OR NOT EXISTS (
        SELECT FROM reply AS earlier
        WHERE earlier.address = $10 AND earlier.received_at > now() - $17::interval AND earlier.acknowledge
          AND earlier.thread = $11 AND earlier.kind = $6 AND earlier.revokes = $4
    ) END
    -- A mark of staff is of a person, and a receipt goes to an address: to none that only marked people have. A call
    -- for help is answered, and staff that takes a case. By the index of search: anybody may write.
    AND ($16::jsonb IS NOT NULL OR $19 OR NOT coalesce((
        SELECT bool_and(EXISTS (SELECT FROM marked WHERE marked.person = person.id)) FROM person
        WHERE NOT removed AND address_words LIKE '%' || regexp_replace(lower($10), '([\\%_])', '\\\1', 'g') || '%'
          AND lower($10) = ANY (string_to_array(address_words, ' '))
    ), false))
    -- Limits a loop with an auto-responder that writes from a new address each time.
    AND (
        SELECT count(*) FROM reply AS earlier
        WHERE earlier.thread = $11 AND earlier.received_at > now() - $17::interval AND earlier.acknowledge
    ) < $18,
    $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
)
ON CONFLICT DO NOTHING
RETURNING id

-- show --
SELECT reply.*, message.name, message.address AS message_address, event.data, event.copropiedad_id,
       event.unit_id, message.event, message.audience, message.purpose, message.variant, message.units,
       (
           SELECT point ->> 'value' FROM person, jsonb_array_elements(person.contact_points) AS point
           WHERE person.id = message.person AND NOT person.removed AND point ->> 'kind' = 'phone' LIMIT 1
       ) AS phone,
       (
           SELECT coalesce((SELECT wishes ->> 'language' FROM wish WHERE wish.person = person.id), locale) FROM person
           WHERE person.id = reply.person AND NOT removed
       ) AS language
FROM reply
LEFT JOIN message ON message.id = reply.message_id
LEFT JOIN event ON event.key = message.event_key
WHERE reply.id = $1

-- unpublished --
SELECT reply.*, message.name, message.address AS message_address, event.data, event.copropiedad_id,
       event.unit_id, message.event, message.audience, message.purpose, message.variant, message.units,
       (
           SELECT point ->> 'value' FROM person, jsonb_array_elements(person.contact_points) AS point
           WHERE person.id = message.person AND NOT person.removed AND point ->> 'kind' = 'phone' LIMIT 1
       ) AS phone,
       (
           SELECT coalesce((SELECT wishes ->> 'language' FROM wish WHERE wish.person = person.id), locale) FROM person
           WHERE person.id = reply.person AND NOT removed
       ) AS language
FROM reply
LEFT JOIN message ON message.id = reply.message_id
LEFT JOIN event ON event.key = message.event_key
WHERE reply.published_at IS NULL AND reply.kind IN ('reply', 'opt_out', 'opt_in', 'unproven', 'take_on')
ORDER BY reply.received_at
LIMIT $1

-- mark_published --
UPDATE reply SET published_at = now() WHERE id = $1 AND published_at IS NULL

-- having --
-- The people of the directory who have this address. By the index of search first: anybody may write.
SELECT id FROM person
WHERE NOT removed AND address_words LIKE '%' || regexp_replace($1, '([\\%_])', '\\\1', 'g') || '%'
  AND $1 = ANY (string_to_array(address_words, ' '))

-- written_by --
UPDATE reply SET person = $2 WHERE id = $1 AND person IS NULL

-- revoke --
-- A repeated opt-out starts again: a consent given before it no longer counts.
INSERT INTO opt_out (address, purpose, since, reply_id, person, reason)
SELECT $1, purpose, now(), $2, $3, $4 FROM unnest($5::text[]) AS revoked (purpose)
ON CONFLICT (address, purpose) DO UPDATE
SET since = excluded.since, reply_id = excluded.reply_id, person = coalesce(excluded.person, opt_out.person),
    reason = excluded.reason, lifted_at = NULL, lifted_by = NULL

-- now --
SELECT now() AS now

-- give_back --
UPDATE opt_out SET lifted_at = now(), lifted_by = $3
WHERE lifted_at IS NULL AND (address = $1 OR person = $2)
RETURNING purpose

-- replies --
-- The state that staff has set counts; else whether its case has had any answer since.
SELECT * FROM (
    SELECT reply.id, reply.received_at, reply.at, reply.kind, reply.channel, reply.address, reply.person, reply.case_key AS case,
           reply.thread, reply.message_id, reply.revokes, reply.acknowledge, reply.published_at, task.read_at, task.assignee,
           answered.copropiedad_id AS copropiedad,
           coalesce((SELECT name FROM person WHERE person.id = reply.person AND NOT removed), answered.name) AS name,
           coalesce(answered.units, '[]') AS units, reply.kind = 'reply' AND coalesce(answered.emergency, false) AS emergency,
           coalesce(task.state, CASE WHEN EXISTS (
               SELECT FROM event
               WHERE event.case_key = CASE WHEN position(':' IN reply.thread) > 0 THEN reply.thread
                                           ELSE 'thread_id:' || reply.thread END
                 AND event.time >= reply.at AND event.type = ANY ($5::text[])
               OFFSET 0
           ) THEN 'answered' ELSE 'open' END) AS state
    FROM reply
    LEFT JOIN reply_task AS task ON task.reply_id = reply.id
    LEFT JOIN LATERAL (
        SELECT copropiedad_id, units, CASE WHEN person = reply.person THEN name END AS name,
               purpose = 'emergency' AS emergency
        FROM message WHERE message.id = reply.message_id OFFSET 0
    ) AS answered ON true
    WHERE (reply.received_at, reply.id) < ($1, $2) AND ($4::text[] IS NULL OR answered.copropiedad_id = ANY ($4))
) AS found
WHERE {narrowed}
ORDER BY received_at DESC, id DESC
LIMIT $3

-- reply --
SELECT reply.id, reply.received_at, reply.at, reply.kind, reply.channel, reply.address, reply.person, reply.case_key AS case,
       reply.thread, reply.message_id, reply.revokes, reply.acknowledge, reply.published_at, task.read_at, task.assignee,
       answered.copropiedad_id AS copropiedad,
       coalesce((SELECT name FROM person WHERE person.id = reply.person AND NOT removed), answered.name) AS name,
       coalesce(answered.units, '[]') AS units, reply.kind = 'reply' AND coalesce(answered.emergency, false) AS emergency,
       coalesce(task.state, CASE WHEN EXISTS (
           SELECT FROM event
           WHERE event.case_key = CASE WHEN position(':' IN reply.thread) > 0 THEN reply.thread
                                       ELSE 'thread_id:' || reply.thread END
             AND event.time >= reply.at AND event.type = ANY ($3::text[])
           OFFSET 0
       ) THEN 'answered' ELSE 'open' END) AS state,
       reply.provider, reply.reference, reply.subject, reply.text
FROM reply
LEFT JOIN reply_task AS task ON task.reply_id = reply.id
LEFT JOIN LATERAL (
    SELECT copropiedad_id, units, CASE WHEN person = reply.person THEN name END AS name,
           purpose = 'emergency' AS emergency
    FROM message WHERE message.id = reply.message_id OFFSET 0
) AS answered ON true
WHERE reply.id = $1 AND ($2::text[] IS NULL OR answered.copropiedad_id = ANY ($2))
