Bulk actions: what they find, the runs, and what a run does to its rows.

-- found --
-- By the index of a state and of time, oldest first: see the lists.
SELECT message.* FROM unnest($1::text[]) AS asked (state)
    CROSS JOIN LATERAL (
        SELECT * FROM message WHERE message.state = asked.state AND {narrowed} ORDER BY created_at LIMIT $2
    ) AS message
    ORDER BY created_at, id
    LIMIT $2

-- found_there --
SELECT message.* FROM unnest($1::text[]) AS asked (state)
    CROSS JOIN unnest($3::text[]) AS place (copropiedad)
    CROSS JOIN LATERAL (
        SELECT * FROM message
        WHERE copropiedad_id = place.copropiedad AND message.state = asked.state AND {narrowed}
        ORDER BY created_at LIMIT $2
    ) AS message
    ORDER BY created_at, id
    LIMIT $2

-- found_of --
SELECT * FROM message WHERE state = ANY ($1::text[]) AND {narrowed} ORDER BY created_at, id LIMIT $2

-- messages --
WITH found AS (
    {found}
), judged AS (
    SELECT found.*, {verdict} AS verdict FROM found
)
SELECT id, created_at, state, channel, event, coalesce(reason, '') AS reason, copropiedad_id, lane,
       nullif(verdict, 'taken') AS skipped
FROM judged
ORDER BY created_at, id

-- dead --
-- What is never replayed in bulk comes last: else a run of few rows would find nothing but that, again and again.
SELECT id, received_at AS created_at, state, NULL AS channel, event_type AS event, reason, NULL AS copropiedad_id,
       CASE WHEN $4::bool AND wrong_sender THEN 'wrong_sender' END AS skipped
FROM dead_letter
WHERE state = 'open' AND ($1::text IS NULL OR strpos(reason, $1) > 0) AND ($2::text IS NULL OR event_type = $2)
ORDER BY $4::bool AND wrong_sender, received_at, id
LIMIT $3

-- letters --
SELECT letter.id, letter.created_at, letter.state, 'print' AS channel, letter.event, '' AS reason,
       message.copropiedad_id, NULL AS skipped
FROM letter LEFT JOIN message ON message.id = letter.id
WHERE letter.state = ANY ($1::text[]) AND ($3::text[] IS NULL OR message.copropiedad_id = ANY ($3))
ORDER BY letter.created_at, letter.id
LIMIT $2

-- add_run --
INSERT INTO bulk_run (id, made_at, kind, by, reason, asked, places, chosen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- add_items --
INSERT INTO bulk_item (run_id, id) SELECT $1, unnest($2::uuid[])

-- forget --
DELETE FROM bulk_run WHERE made_at < now() - $1::interval AND state <> 'running'

-- runs --
SELECT id, made_at, kind, state, by, reason, asked, places, chosen, done, skipped, failed, ended_at, ended_by
FROM bulk_run
WHERE (made_at, id) < ($1, $2) AND ($4::text[] IS NULL OR places <@ $4)
ORDER BY made_at DESC, id DESC
LIMIT $3

-- run --
SELECT id, made_at, kind, state, by, reason, asked, places, chosen, done, skipped, failed, ended_at, ended_by
FROM bulk_run
WHERE id = $1 AND ($2::text[] IS NULL OR places <@ $2)

-- items --
-- With what each row is about, as long as it is stored.
SELECT item.id, item.result, item.reason, item.at, coalesce(message.event, dead_letter.event_type) AS event,
       message.channel, message.person
FROM (
    SELECT * FROM bulk_item
    WHERE run_id = $1 AND ($2::text IS NULL OR result = $2) AND ($3::uuid IS NULL OR id > $3)
    ORDER BY id
    LIMIT $4
) AS item
LEFT JOIN message ON message.id = item.id
LEFT JOIN dead_letter ON dead_letter.id = item.id
ORDER BY item.id

-- reasons --
SELECT result, coalesce(reason, '') AS reason, count(*)::int AS n FROM bulk_item
WHERE run_id = $1 AND result IS NOT NULL
GROUP BY result, reason
ORDER BY result, n DESC, reason

-- cancel_run --
UPDATE bulk_run SET state = 'cancelled', ended_at = now(), ended_by = $2 WHERE id = $1 AND state = 'running'
RETURNING id

-- running --
SELECT id, kind, coalesce((asked ->> 'older')::boolean, false) AS older FROM bulk_run
WHERE state = 'running'
ORDER BY made_at, id

-- claim --
-- Locked until the batch is recorded: another process passes these rows over, and has them if this one dies.
SELECT id FROM bulk_item
WHERE run_id = $1 AND result IS NULL
ORDER BY id
LIMIT $2
FOR UPDATE SKIP LOCKED

-- record --
WITH settled AS (
    UPDATE bulk_item SET result = given.result, reason = given.reason, at = clock_timestamp()
    FROM unnest($2::uuid[], $3::text[], $4::text[]) AS given (id, result, reason)
    WHERE bulk_item.run_id = $1 AND bulk_item.id = given.id
    RETURNING bulk_item.result
), counted AS (
    SELECT count(*) FILTER (WHERE result = 'done') AS done, count(*) FILTER (WHERE result = 'skipped') AS skipped,
           count(*) FILTER (WHERE result = 'failed') AS failed
    FROM settled
)
UPDATE bulk_run
SET done = bulk_run.done + counted.done, skipped = bulk_run.skipped + counted.skipped,
    failed = bulk_run.failed + counted.failed
FROM counted WHERE bulk_run.id = $1

-- end_run --
-- With a run that has cancelled all that is older than a restored hub's copy the pause ends, and the timers release what
-- it held. A run of which something older is left, or that is older than the copy itself, leaves it as it is.
WITH ended AS (
    UPDATE bulk_run SET state = 'done', ended_at = now()
    WHERE id = $1 AND state = 'running' AND NOT EXISTS (SELECT FROM bulk_item WHERE run_id = $1 AND result IS NULL)
    RETURNING asked, places, made_at
)
UPDATE pause SET ends_at = now()
FROM ended
WHERE pause.subject = 'all' AND pause.by = 'hub db restore' AND pause.since < ended.made_at
  AND (ended.asked ->> 'older')::boolean AND ended.places IS NULL
  AND NOT EXISTS (
      SELECT FROM message
      WHERE state IN ('queued', 'held', 'retrying', 'sending') AND NOT (state = 'sending' AND next_at > now())
        AND {planned_before}
  )

-- discard --
WITH there AS (
    SELECT id FROM dead_letter WHERE id = ANY ($1::uuid[]) AND state = 'open' ORDER BY id FOR UPDATE
)
UPDATE dead_letter SET state = 'discarded', settled_at = now() FROM there WHERE dead_letter.id = there.id
RETURNING dead_letter.id, 'taken' AS verdict

-- printed --
WITH there AS (
    SELECT id FROM letter WHERE id = ANY ($1::uuid[]) AND state IN ('open', 'batched') ORDER BY id FOR UPDATE
)
UPDATE letter SET printed_at = now() FROM there WHERE letter.id = there.id
RETURNING letter.id, 'taken' AS verdict
