Cases as staff works on them, and what has become of what people wrote.

The kinds of cases are those of `hub.model.casework`, and those of the indexes `event_of_case` and `clock_running_case`.
Conversations: the last words of a person, the numbers from which WhatsApp has come of late.

-- newest --
-- The last event of its case, newest first: an id begins with the instant of its event.
SELECT event.key, event.case_key, event.time, event.type, event.copropiedad_id FROM event
WHERE event.key < $1 AND {kinds} AND event.type <> ALL ($4::text[])
  AND ($3::text[] IS NULL OR event.copropiedad_id = ANY ($3))
  AND NOT EXISTS (
      SELECT FROM event AS later
      WHERE later.case_key = event.case_key AND later.key > event.key AND later.type <> ALL ($4)
        AND ($3 IS NULL OR later.copropiedad_id = ANY ($3))
      OFFSET 0
  )
  AND {narrowed}
ORDER BY event.key DESC LIMIT $2

-- newest_of --
-- The same, of cases that something else names.
SELECT event.* FROM ({named}) AS named
CROSS JOIN LATERAL (
    SELECT key, case_key, time, type, copropiedad_id FROM event
    WHERE event.case_key = named.case_key AND type <> ALL ($4::text[])
      AND ($3::text[] IS NULL OR copropiedad_id = ANY ($3))
    -- By the instant, as the index of a case has it: by the key the planner would walk all events.
    ORDER BY time DESC, key DESC LIMIT 1
) AS event
WHERE event.key < $1 AND {narrowed}
ORDER BY event.key DESC LIMIT $2

-- sleeps --
-- The person writes, another system adds to the case, or one of its promises falls due: each wakes it.
sleep.until > now()
AND NOT EXISTS (
    SELECT FROM reply
    WHERE reply.thread IN (sleep.case_key, split_part(sleep.case_key, 'thread_id:', 2))
      AND reply.received_at > sleep.at
)
AND NOT EXISTS (
    SELECT FROM clock AS due
    WHERE due.case_key = sleep.case_key AND due.ended_at IS NULL AND due.due_at > sleep.at AND due.due_at <= now()
)
AND NOT EXISTS (
    SELECT FROM event
    WHERE event.case_key = sleep.case_key AND event.source <> '{own}' AND event.received_at > sleep.at
    OFFSET 0
)

-- asleep --
EXISTS (SELECT FROM case_snooze AS sleep WHERE sleep.case_key = {of}.case_key AND {sleeps} OFFSET 0)

-- case_mark --
WITH mine AS MATERIALIZED (SELECT $1::text AS case_key UNION ALL SELECT case_key FROM case_merge WHERE into_case = $1)
SELECT (SELECT max(key::text) FROM event WHERE case_key = ANY (ARRAY (SELECT case_key FROM mine))) AS event,
       (SELECT count(*) FROM event WHERE case_key = ANY (ARRAY (SELECT case_key FROM mine))) AS events,
       (SELECT count(*) FROM reply WHERE case_key = ANY (ARRAY (SELECT case_key FROM mine))) AS replies,
       (SELECT md5(string_agg(id || state || level || fired || coalesce(course::text, ''), ' ' ORDER BY id)) FROM clock
        WHERE case_key = ANY (ARRAY (SELECT case_key FROM mine))) AS clocks,
       (SELECT md5(string_agg(sent.id || sent.state, ' ' ORDER BY sent.id))
        FROM event CROSS JOIN LATERAL (
            SELECT id, state FROM message
            WHERE message.event_key = event.key AND message.id BETWEEN moment_start(event.key) AND moment_end(event.key)
            OFFSET 0
        ) AS sent
        WHERE event.case_key = ANY (ARRAY (SELECT case_key FROM mine))) AS messages,
       (SELECT assignee FROM case_task WHERE case_key = $1) AS assignee,
       (SELECT md5(string_agg(id || withdrawn::text, ' ' ORDER BY id)) FROM case_note WHERE case_key = ANY (ARRAY (SELECT case_key FROM mine))) AS notes

-- joined --
SELECT case_key, was_open FROM case_merge WHERE into_case = $1 ORDER BY at, case_key

-- assignee --
SELECT assignee FROM case_task WHERE case_key = $1

-- thread --
-- A case, and those that are joined with it.
SELECT coalesce((SELECT into_case FROM case_merge WHERE case_key = $1), $1::text) AS case_key
UNION ALL
SELECT case_key FROM case_merge WHERE into_case = coalesce((SELECT into_case FROM case_merge WHERE case_key = $1), $1)

-- assign_case --
-- With those that are joined with it: in the list the one of them that is due first stands for all.
INSERT INTO case_task (case_key, assignee, assigned_by) SELECT case_key, $2, $3 FROM (<thread>) AS thread
ON CONFLICT (case_key) DO UPDATE
SET assignee = excluded.assignee, assigned_at = now(), assigned_by = excluded.assigned_by
WHERE case_task.assignee <> excluded.assignee

-- take_case --
-- Only while nobody has it, or who had it when the taker looked: of two who press at once, one has it.
WITH taken AS (
    INSERT INTO case_task (case_key, assignee, assigned_by)
    VALUES (coalesce((SELECT into_case FROM case_merge WHERE case_key = $1), $1::text), $2::text, $2)
    ON CONFLICT (case_key) DO UPDATE
    SET assignee = excluded.assignee, assigned_at = now(), assigned_by = excluded.assigned_by
    WHERE case_task.assignee = $3
    RETURNING case_key
), joined AS (
    INSERT INTO case_task (case_key, assignee, assigned_by)
    SELECT thread.case_key, $2, $2 FROM (<thread>) AS thread, taken WHERE thread.case_key <> taken.case_key
    ON CONFLICT (case_key) DO UPDATE
    SET assignee = excluded.assignee, assigned_at = now(), assigned_by = excluded.assigned_by
)
SELECT case_key FROM taken

-- release_case --
-- Only while the one who releases it has it: another may have taken it meanwhile.
DELETE FROM case_task WHERE case_key IN (<thread>) AND assignee = $2

-- started_by --
SELECT type FROM event WHERE key = $1

-- read_reply --
INSERT INTO reply_task (reply_id, read_at, read_by) VALUES ($1, now(), $2)
ON CONFLICT (reply_id) DO UPDATE SET read_at = now(), read_by = excluded.read_by
WHERE reply_task.read_at IS NULL

-- assign_reply --
INSERT INTO reply_task (reply_id, assignee, assigned_at, assigned_by) VALUES ($1, $2, now(), $3)
ON CONFLICT (reply_id) DO UPDATE
SET assignee = excluded.assignee, assigned_at = now(), assigned_by = excluded.assigned_by
WHERE reply_task.assignee IS DISTINCT FROM excluded.assignee
  AND (reply_task.assignee IS NULL OR reply_task.assignee = $4)
RETURNING reply_id

-- reply_assignee --
SELECT assignee FROM reply_task WHERE reply_id = $1

-- settle_reply --
INSERT INTO reply_task (reply_id, state, settled_at, settled_by) VALUES ($1, $2, now(), $3)
ON CONFLICT (reply_id) DO UPDATE SET state = excluded.state, settled_at = now(), settled_by = excluded.settled_by
WHERE reply_task.state IS DISTINCT FROM excluded.state

-- settle_thread --
INSERT INTO reply_task (reply_id, state, settled_at, settled_by)
SELECT id, 'answered', now(), $2 FROM reply WHERE thread = ANY ($1::text[]) AND kind = ANY ($3::text[])
ON CONFLICT (reply_id) DO UPDATE SET state = 'answered', settled_at = now(), settled_by = excluded.settled_by
WHERE reply_task.state IS NULL
RETURNING reply_id

-- last_words --
SELECT DISTINCT ON (reply.channel) reply.id, reply.channel, reply.address, reply.reference, reply.at, reply.thread,
       reply.subject, reply.person, answered.copropiedad_id AS copropiedad,
       (SELECT name FROM person WHERE person.id = reply.person AND NOT removed) AS name
FROM reply
LEFT JOIN LATERAL (SELECT copropiedad_id FROM message WHERE message.id = reply.message_id OFFSET 0) AS answered ON true
WHERE reply.thread = ANY ($1::text[]) AND reply.kind NOT IN ('automatic', 'complaint')
  AND ($2::text[] IS NULL OR $3 OR answered.copropiedad_id = ANY ($2))
ORDER BY reply.channel, reply.at DESC, reply.id DESC

-- whatsapp_at --
-- By the index of what was received: a day of replies.
SELECT max(at) AS at FROM reply
WHERE received_at > now() - interval '25 hours' AND channel = 'whatsapp' AND (
    address = ANY ($1::text[]) OR address IN (
        SELECT point ->> 'value' FROM person, jsonb_array_elements(contact_points) AS point
        WHERE person.id = $2 AND NOT removed AND point ->> 'kind' = 'phone'
    )
)
