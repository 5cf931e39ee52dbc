Replies as operators see them.

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
