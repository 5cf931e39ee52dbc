Matters: the promises that run, the first one due of each case, with what people said in it.

-- running --
-- Promises that notify nobody and those that follow others are nobody's work. In the words of the index clock_board.
{clock}.ended_at IS NULL AND NOT {clock}.promise @> '{{"silent": true}}'
AND jsonb_typeof({clock}.promise -> 'follow_up') IS DISTINCT FROM 'object'

-- thread --
-- The thread of what people write in a case.
CASE WHEN starts_with({of}.case_key, 'thread_id:') THEN substr({of}.case_key, 11) ELSE {of}.case_key END

-- mine --
-- Two sets that are made once for all promises, and who has taken on the others.
clock.case_key IN (SELECT case_key FROM case_task WHERE assignee = {who})
OR {thread} IN (
    SELECT reply.thread FROM reply_task AS said JOIN reply ON reply.id = said.reply_id
    WHERE said.assignee = {who} AND said.state IS NULL
)
OR {who} = ANY ({taken})

-- takers --
-- Who has taken a promise on, at its level or above.
ARRAY (
    SELECT taken ->> 'by' FROM clock AS of CROSS JOIN LATERAL jsonb_array_elements(of.course -> 'acknowledged') AS taken
    WHERE of.id = clock.id AND (taken ->> 'level')::int >= of.level
)

-- today --
-- A promise that waits for a person is not counted.
clock.state <> 'breached' AND clock.due_at <= {end}
AND NOT EXISTS (
    SELECT FROM clock AS of
    WHERE of.id = clock.id AND jsonb_typeof(of.course -> 'pauses' -> -1 -> 'until') = 'null'
    OFFSET 0
)

-- unowned --
NOT EXISTS (SELECT FROM case_task WHERE case_task.case_key = clock.case_key OFFSET 0)
AND {taken} = '{{}}'
AND NOT EXISTS (
    SELECT FROM reply JOIN reply_task AS said ON said.reply_id = reply.id
    WHERE reply.thread = {thread} AND said.assignee IS NOT NULL AND said.state IS NULL
    OFFSET 0
)

-- replies --
starts_with(clock.case_key, 'thread_id:') OR EXISTS (
    SELECT FROM reply
    WHERE reply.thread = {thread} AND reply.kind = 'reply'
      AND NOT EXISTS (
          SELECT FROM reply_task AS said WHERE said.reply_id = reply.id AND said.state IS NOT NULL OFFSET 0
      )
      AND NOT EXISTS (
          SELECT FROM event
          WHERE event.case_key = clock.case_key AND event.time >= reply.at AND event.type = ANY ({answers}::text[])
            -- An id begins with the instant of its event: of earlier months nothing is asked.
            AND event.key >= (
                lpad(to_hex(floor(extract(epoch FROM reply.at) * 1000)::bigint), 12, '0') || repeat('0', 20)
            )::uuid
          OFFSET 0
      )
    OFFSET 0
)

-- later --
-- Of cases that are joined the one that is due first stands for all, unless it sleeps. Few are joined: a set that is
-- made once spares the others a look for each.
clock.case_key IN (SELECT case_key FROM case_merge UNION ALL SELECT into_case FROM case_merge) AND EXISTS (
    SELECT FROM case_merge AS own
    JOIN case_merge AS beside ON beside.into_case = own.into_case
    JOIN clock AS sooner ON sooner.case_key = ANY (ARRAY[beside.case_key, beside.into_case])
    WHERE (own.case_key = clock.case_key OR own.into_case = clock.case_key) AND sooner.case_key <> clock.case_key
      AND {running_sooner} AND (sooner.due_at, sooner.id) < (clock.due_at, clock.id)
      AND (NOT {asleep_sooner} OR {asleep})
    OFFSET 0
)

-- due --
-- The first one due of each case stands for it: in the order of the index clock_work, which has these columns.
SELECT DISTINCT ON (clock.case_key) clock.id, clock.case_key, clock.name, clock.state, clock.due_at, clock.level
FROM clock WHERE {running} AND {there}
ORDER BY clock.case_key, clock.due_at, clock.id

-- open --
-- Sorted before it is looked into: of most cases nobody asks whether they sleep or are joined.
SELECT clock.id, clock.case_key, clock.due_at AS sort_at, clock.id AS clock
FROM (SELECT * FROM ({due}) AS clock WHERE (due_at, id) > ($1, $2) ORDER BY due_at, id OFFSET 0) AS clock
WHERE NOT ({later}) AND {narrowed}
ORDER BY clock.due_at, clock.id
LIMIT $3

-- newest --
-- Also those that have ended: the cases of `casework.newest`, whose parameters are $1 to $4.
SELECT newest.key AS id, newest.case_key, newest.time AS sort_at, soonest.id AS clock
FROM ({newest}) AS newest
LEFT JOIN LATERAL (
    SELECT clock.id FROM clock WHERE clock.case_key = newest.case_key AND {running} AND {there}
    ORDER BY clock.due_at, clock.id LIMIT 1
) AS soonest ON true

-- matters --
SELECT chosen.id, chosen.case_key AS case, chosen.sort_at, chosen.clock, clock.name, clock.state, clock.started_at,
       clock.due_at, clock.level, clock.context, clock.course,
       place.id AS copropiedad_id, place.name AS copropiedad, unit.tower, unit.label,
       first.time AS opened_at, first.type AS opened_type, first.data AS opened_data,
       answer.time AS answered_at, answer.data AS answered_data,
       wrote.id AS wrote_id, wrote.at AS wrote_at, wrote.person AS wrote_by, wrote.channel, wrote.text AS words,
       wrote.kind = 'reply' AND wrote.at > coalesce(answer.time, '-infinity') AND wrote.state IS NULL AS waits,
       wrote.emergency,
       coalesce(task.assignee, wrote.assignee) AS assignee
FROM ({chosen}) AS chosen
LEFT JOIN clock ON clock.id = chosen.clock
LEFT JOIN LATERAL (
    SELECT time, type, data, copropiedad_id, unit_id FROM event
    WHERE event.case_key = chosen.case_key AND event.type <> ALL ({escalated}::text[]) AND {there_event}
    ORDER BY time, key LIMIT 1
) AS first ON true
LEFT JOIN LATERAL (
    SELECT time, data FROM event
    WHERE event.case_key = chosen.case_key AND event.type = ANY ({answers}::text[]) AND {there_event}
    ORDER BY time DESC, key DESC LIMIT 1
) AS answer ON true
LEFT JOIN LATERAL (
    SELECT reply.id, reply.at, reply.kind, reply.person, reply.channel, reply.text, said.state, said.assignee,
           (SELECT purpose = 'emergency' FROM message WHERE message.id = reply.message_id) AS emergency
    FROM reply LEFT JOIN reply_task AS said ON said.reply_id = reply.id
    WHERE reply.thread = {thread} AND reply.kind IN ('reply', 'unproven')
    ORDER BY reply.received_at DESC, reply.id DESC LIMIT 1
) AS wrote ON true
LEFT JOIN copropiedad AS place ON place.id = coalesce(clock.copropiedad_id, first.copropiedad_id)
LEFT JOIN unit ON unit.id = coalesce(first.unit_id, clock.context ->> 'unit_id')
LEFT JOIN case_task AS task ON task.case_key = chosen.case_key
ORDER BY {order}

-- one --
-- The open matter of a case, whatever view it is in.
SELECT clock.id, clock.case_key, clock.due_at AS sort_at, clock.id AS clock
FROM clock WHERE clock.case_key = $1 AND {running} AND {there}
ORDER BY clock.due_at, clock.id LIMIT 1

-- terms --
SELECT clock.id, clock.name, clock.state, clock.started_at, clock.due_at, clock.course FROM clock
WHERE clock.case_key = $1 AND {running} AND {there}
ORDER BY clock.due_at, clock.id LIMIT 6

-- said --
-- The last words of both sides in a case.
SELECT * FROM (
    (SELECT reply.text, reply.channel, false AS ours, reply.at FROM reply
     WHERE reply.thread = $1 AND reply.kind IN ('reply', 'unproven')
     ORDER BY reply.received_at DESC LIMIT 3)
    UNION ALL
    (SELECT coalesce(event.data ->> 'answer', event.data ->> 'summary'), '', true, event.time FROM event
     WHERE event.case_key = $2 AND event.type = ANY ($3::text[])
       AND coalesce(event.data ->> 'answer', event.data ->> 'summary') IS NOT NULL AND {there_event}
     ORDER BY event.time DESC LIMIT 3)
) AS said
ORDER BY at DESC LIMIT 3

-- counts --
WITH sleeping AS MATERIALIZED (
    SELECT case_key FROM case_snooze AS sleep
    WHERE EXISTS (SELECT FROM clock WHERE clock.case_key = sleep.case_key AND {running} AND {there} OFFSET 0)
      AND {sleeps}
), running AS MATERIALIZED (
    SELECT *, {takers} AS takers FROM ({due}) AS clock WHERE NOT {asleep} AND NOT ({later})
)
SELECT least(count(*), $1)::int AS open,
       (SELECT count(*) FROM (SELECT FROM running AS clock WHERE {unowned} LIMIT $1) AS few)::int AS unowned,
       (SELECT count(*) FROM (SELECT FROM running AS clock WHERE {replies} LIMIT $1) AS few)::int AS replies,
       {sums}
FROM running AS clock
