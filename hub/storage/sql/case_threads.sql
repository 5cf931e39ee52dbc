A case as one thread.

The events of a clock's steps are in cases of their own: `clock_id:…`, and an escalation of a conversation in `pqrs_id:…`.

-- named --
-- `clock` is set for an escalation, `$3`, whose own case may be that of a PQRS of the same number.
SELECT case_key, NULL AS clock FROM clock WHERE context ->> 'radicado' = ANY ($1::text[])
UNION
SELECT case_key, NULL FROM clock WHERE id = ANY ($2::uuid[])
UNION
SELECT case_key, CASE WHEN type = ANY ($3::text[]) THEN data ->> 'clock_id' END FROM event
WHERE id = ANY ($1) AND case_key IS NOT NULL
UNION
SELECT case_key, CASE WHEN type = ANY ($3) THEN data ->> 'clock_id' END FROM event
WHERE key = ANY ($2) AND case_key IS NOT NULL
UNION
SELECT event.case_key, event.clock FROM (SELECT event_key FROM message WHERE id = ANY ($2) OFFSET 0) AS sent
CROSS JOIN LATERAL (
    SELECT case_key, CASE WHEN type = ANY ($3) THEN data ->> 'clock_id' END AS clock FROM event
    WHERE event.key = sent.event_key AND case_key IS NOT NULL
    OFFSET 0
) AS event

-- of_clocks --
SELECT case_key FROM clock WHERE id = ANY ($1::uuid[])

-- known --
-- `$3` are events of the hub's own that name other cases' values under the key of a PQRS. A case is alone only with all
-- that goes on in its thread.
SELECT asked.case_key AS case, merged.into_case AS into, $2::text[] IS NULL OR NOT (
    EXISTS (
        SELECT FROM event WHERE event.case_key = ANY (asked.joined) AND copropiedad_id <> ALL ($2) OFFSET 0
    ) OR EXISTS (
        SELECT FROM clock WHERE clock.case_key = ANY (asked.joined) AND copropiedad_id <> ALL ($2) OFFSET 0
    )
) AS alone
FROM (
    SELECT case_key, ARRAY (
        SELECT given.case_key UNION ALL SELECT case_merge.case_key FROM case_merge WHERE into_case = given.case_key
    ) AS joined
    FROM unnest($1::text[]) AS given (case_key)
    OFFSET 0
) AS asked
LEFT JOIN case_merge AS merged ON merged.case_key = asked.case_key
WHERE EXISTS (
    SELECT FROM event
    WHERE event.case_key = asked.case_key AND type <> ALL ($3::text[])
      AND ($2 IS NULL OR copropiedad_id = ANY ($2))
    OFFSET 0
) OR EXISTS (
    SELECT FROM clock
    WHERE clock.case_key = asked.case_key AND ($2 IS NULL OR copropiedad_id = ANY ($2))
    OFFSET 0
)
ORDER BY asked.case_key

-- first --
SELECT event.* FROM unnest($1::text[]) AS asked (case_key)
CROSS JOIN LATERAL (
    SELECT * FROM event
    WHERE event.case_key = asked.case_key AND type <> ALL ($4::text[])
      AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2) OR ($3 AND copropiedad_id IS NULL))
    ORDER BY time, key LIMIT 1
) AS event

-- page --
-- Each part looks its rows up by the rows of the one before; OFFSET 0 keeps the planner from reading whole indexes.
WITH mine AS MATERIALIZED (
    -- The case, and those that go on in its thread.
    SELECT $1::text AS case_key UNION ALL SELECT case_key FROM case_merge WHERE into_case = $1
), clocks AS (
    SELECT id, case_key, started_at, ended_at, course, moment_start(id) AS since FROM clock
    WHERE case_key = ANY (ARRAY (SELECT case_key FROM mine)) AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2) OR ($3 AND copropiedad_id IS NULL))
), named AS (
    SELECT case_key, '00000000-0000-0000-0000-000000000000'::uuid AS since, NULL::text AS clock FROM mine
    UNION ALL
    SELECT 'clock_id:' || id, since, NULL FROM clocks
    UNION ALL
    SELECT 'pqrs_id:' || split_part(case_key, ':', 2), since, id::text FROM clocks
    WHERE NOT starts_with(case_key, 'pqrs_id:')
), happened AS MATERIALIZED (
    SELECT event.* FROM named CROSS JOIN LATERAL (
        SELECT key, time, source, id, CASE WHEN type = ANY ($8::text[]) THEN data ->> 'message_id' END AS reply_id FROM event
        WHERE event.case_key = named.case_key AND event.key >= named.since
          AND (named.clock IS NULL OR starts_with(event.id, named.clock))
          AND ($2 IS NULL OR copropiedad_id = ANY ($2) OR ($3 AND copropiedad_id IS NULL))
        OFFSET 0
    ) AS event
), replied AS MATERIALIZED (
    SELECT id, at, case_key, NULL::uuid AS event_key FROM reply
    WHERE case_key = ANY (ARRAY (SELECT case_key FROM mine))
      AND ($2 IS NULL OR $3 OR EXISTS (
          SELECT FROM message WHERE message.id = reply.message_id AND copropiedad_id = ANY ($2)
      ))
    UNION
    SELECT reply.id, reply.at, reply.case_key, NULL FROM happened JOIN reply ON reply.id = happened.reply_id::uuid
    WHERE happened.reply_id IS NOT NULL
), recalled AS (
    -- The events that their publishers have taken back, with the instant.
    SELECT event.key, event.time FROM happened
    CROSS JOIN LATERAL (
        SELECT by_key FROM recall WHERE recall.source = happened.source AND recall.event_id = happened.id OFFSET 0
    ) AS recall
    CROSS JOIN LATERAL (SELECT key, time FROM event WHERE event.key = recall.by_key OFFSET 0) AS event
), entries AS (
    SELECT time AS at, 0 AS rank, key::text AS id, 'event' AS kind, key, NULL::text AS change,
           NULL::text AS person, NULL::text AS reason, NULL::text AS detail
    FROM happened
    -- A reply stands for its event.
    WHERE reply_id IS NULL OR NOT EXISTS (SELECT FROM replied WHERE replied.id = happened.reply_id::uuid)
    UNION ALL
    SELECT time, 0, key::text, 'event', key, NULL, NULL, NULL, NULL FROM recalled
    UNION ALL
    SELECT at, 0, id::text, 'reply', id, NULL, NULL, NULL, NULL FROM replied
    UNION ALL
    SELECT changed.at, 1, clocks.id || ':' || changed.what || ':' || changed.n, 'clock', clocks.id, changed.what,
           NULL, NULL, NULL
    FROM clocks CROSS JOIN LATERAL (
        SELECT started_at AS at, 'started' AS what, 0 AS n
        UNION ALL
        SELECT ended_at, 'ended', 0 WHERE ended_at IS NOT NULL
        UNION ALL
        SELECT (course ->> 'extended_at')::timestamptz, 'extended', 0 WHERE course ->> 'extended_at' IS NOT NULL
        UNION ALL
        SELECT at::timestamptz, 'reopened', n
        FROM jsonb_array_elements_text(course -> 'reopened') WITH ORDINALITY AS reopened (at, n)
        UNION ALL
        SELECT (pause ->> 'since')::timestamptz, 'paused', n
        FROM jsonb_array_elements(course -> 'pauses') WITH ORDINALITY AS paused (pause, n)
        UNION ALL
        SELECT (pause ->> 'until')::timestamptz, 'resumed', n
        FROM jsonb_array_elements(course -> 'pauses') WITH ORDINALITY AS paused (pause, n)
        WHERE pause ->> 'until' IS NOT NULL
    ) AS changed
    UNION ALL
    SELECT record.planned_at, 2, left_out.event_key || ':' || left_out.audience || ':' || md5(left_out.person),
           'left_out', left_out.event_key, NULL, left_out.person, left_out.reason, left_out.detail
    FROM happened CROSS JOIN LATERAL (
        SELECT * FROM left_out WHERE left_out.event_key = happened.key AND reason <> $9 OFFSET 0
    ) AS left_out
    JOIN audience_record AS record
      ON record.event_key = left_out.event_key AND record.audience = left_out.audience
    UNION ALL
    SELECT coalesce((SELECT min(at) FROM attempt WHERE attempt.message_id = sent.id), sent.created_at), 3,
           sent.id::text, 'message', sent.id, NULL, NULL, NULL, NULL
    FROM happened CROSS JOIN LATERAL (
        SELECT id, created_at FROM message
        WHERE message.event_key = happened.key
          AND message.id BETWEEN moment_start(happened.key) AND moment_end(happened.key)
        OFFSET 0
    ) AS sent
    UNION ALL
    SELECT at, 4, id::text, 'note', id, NULL, NULL, NULL, NULL FROM case_note
    WHERE case_key = ANY (ARRAY (SELECT case_key FROM mine)) AND $10::boolean
)
SELECT * FROM entries
WHERE (at, rank, id COLLATE "C") > ($4, $5, $6::text COLLATE "C")
ORDER BY at, rank, id COLLATE "C"
LIMIT $7

-- of_person --
-- $8, $10: references of a stranger, and addresses, that are known to be this person's until $9, $11.
WITH refs AS (
    SELECT $1::text AS ref, 'infinity'::timestamptz AS until
    UNION ALL
    SELECT * FROM unnest($8::text[], $9::timestamptz[]) AS own (ref, until) WHERE ref <> $1
), addresses AS (
    SELECT * FROM unnest($10::text[], $11::timestamptz[]) AS own (address, until)
), entries AS (
    SELECT coalesce((SELECT min(at) FROM attempt WHERE attempt.message_id = sent.id), sent.created_at) AS at, 3 AS rank,
           sent.id::text AS id, 'message' AS kind, sent.id AS key, NULL::text AS change,
           NULL::text AS person, NULL::text AS reason, NULL::text AS detail
    FROM message AS sent
    WHERE sent.person = ANY (array_append($8, $1))
      AND EXISTS (SELECT FROM refs WHERE ref = sent.person AND sent.created_at < until)
      AND ($2::text[] IS NULL OR sent.copropiedad_id = ANY ($2))
    UNION ALL
    SELECT at, 0, reply.id::text, 'reply', reply.id, NULL, NULL, NULL, NULL FROM reply
    WHERE (
          EXISTS (SELECT FROM refs WHERE ref = reply.person AND reply.at < until)
          OR reply.person IS NULL AND EXISTS (
              SELECT FROM addresses WHERE addresses.address = lower(reply.address) AND reply.at < until
          )
      )
      AND ($2 IS NULL OR EXISTS (
          SELECT FROM message WHERE message.id = reply.message_id AND copropiedad_id = ANY ($2)
      ))
    UNION ALL
    SELECT record.planned_at, 2, left_out.event_key || ':' || left_out.audience, 'left_out', left_out.event_key,
           NULL, left_out.person, left_out.reason, left_out.detail
    FROM left_out JOIN audience_record AS record
      ON record.event_key = left_out.event_key AND record.audience = left_out.audience
    WHERE left_out.person = ANY (array_append($8, $1)) AND left_out.reason <> $7
      AND EXISTS (SELECT FROM refs WHERE ref = left_out.person AND record.planned_at < until)
      AND ($2 IS NULL OR EXISTS (
          SELECT FROM event WHERE event.key = left_out.event_key AND copropiedad_id = ANY ($2)
      ))
)
SELECT * FROM entries
WHERE (at, rank, id COLLATE "C") > ($3, $4, $5::text COLLATE "C")
ORDER BY at, rank, id COLLATE "C"
LIMIT $6

-- messages --
SELECT * FROM message WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3

-- attempts --
SELECT message_id, at, outcome, provider, reference, code, took FROM attempt
WHERE message_id = ANY ($1::uuid[]) AND message_id BETWEEN $2 AND $3
ORDER BY at

-- texts --
SELECT id, subject, text FROM letter WHERE id = ANY ($1::uuid[])
UNION ALL
SELECT id, subject, text FROM inbox_item WHERE id = ANY ($1::uuid[])

-- replies --
-- A person whom the directory does not have has a name in the message that the reply answers.
SELECT reply.*, NULL::text AS message_address, NULL::jsonb AS data, NULL::text AS copropiedad_id, NULL::text AS unit_id,
       -- The answered message: only its words count here.
       NULL::text AS event, NULL::text AS purpose, NULL::integer AS audience, NULL::text AS variant, NULL::text[] AS units, NULL::text AS phone,
       (SELECT name FROM message WHERE message.id = reply.message_id AND message.person = reply.person) AS name,
       (SELECT message.copropiedad_id FROM message WHERE message.id = reply.message_id) AS place
FROM reply WHERE id = ANY ($1::uuid[])

-- notes --
SELECT * FROM case_note WHERE id = ANY ($1::uuid[])

-- beside_events --
-- Why events did not reach all, and which extensions they asked for were refused.
SELECT event_key, reasons, NULL AS refusal FROM unreached WHERE event_key = ANY ($1::uuid[])
UNION ALL (
    SELECT event_key, NULL, refusal FROM clock_extension WHERE event_key = ANY ($1) AND refusal IS NOT NULL
    ORDER BY event_key, clock
)

-- names --
SELECT id AS ref, name FROM person WHERE id = ANY ($1::text[]) AND NOT removed
UNION ALL
SELECT 'account:' || name, display_name FROM account WHERE name = ANY ($2::text[])

-- places --
SELECT 'copropiedad' AS kind, id, name, NULL::text AS tower FROM copropiedad WHERE id = ANY ($1::text[])
UNION ALL
SELECT 'unit', id, label, tower FROM unit WHERE id = ANY ($2::text[])
