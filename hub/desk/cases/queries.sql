Cases among colleagues.

-- cases --
SELECT newest.key AS id, newest.case_key AS case, newest.time AS last_at, newest.type AS last_type,
       first.time AS opened_at, first.type AS first_type, coalesce(first.radicado, clocks.radicado) AS radicado,
       place.id AS copropiedad_id, place.name AS copropiedad, task.assignee,
       coalesce(clocks.n, 0) AS promises, coalesce(clocks.running, 0) AS running, clocks.due_at,
       coalesce(clocks.breached, 0) AS breached, coalesce(clocks.at_risk, 0) AS at_risk, clocks.level
FROM ({newest}) AS newest
LEFT JOIN LATERAL (
    SELECT time, type, data ->> 'radicado' AS radicado, copropiedad_id FROM event
    WHERE event.case_key = newest.case_key AND event.type <> ALL ($4)
      AND ($3 IS NULL OR event.copropiedad_id = ANY ($3))
    ORDER BY time, key LIMIT 1
) AS first ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS n, count(*) FILTER (WHERE ended_at IS NULL) AS running,
           min(due_at) FILTER (WHERE ended_at IS NULL) AS due_at,
           count(*) FILTER (WHERE ended_at IS NULL AND state = 'breached') AS breached,
           count(*) FILTER (WHERE ended_at IS NULL AND state = 'at_risk') AS at_risk,
           max(level) FILTER (WHERE ended_at IS NULL) AS level,
           max(context ->> 'radicado') AS radicado
    FROM clock
    WHERE clock.case_key = newest.case_key AND NOT promise @> '{{"silent": true}}'
      AND jsonb_typeof(promise -> 'follow_up') IS DISTINCT FROM 'object'
      AND ($3 IS NULL OR clock.copropiedad_id = ANY ($3))
    OFFSET 0
) AS clocks ON true
LEFT JOIN copropiedad AS place ON place.id = coalesce(newest.copropiedad_id, first.copropiedad_id)
LEFT JOIN case_task AS task ON task.case_key = newest.case_key
ORDER BY newest.key DESC

-- add_note --
INSERT INTO case_note (id, case_key, by, kind, words, about, told, untold, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING

-- event_of_reply --
SELECT * FROM event WHERE id = 'reply:' || $1::text AND source = $2

-- split --
UPDATE reply SET thread = $2, case_key = $3 WHERE id = $1

-- one_merge --
-- One at a time: two that cross would put each case into the other. A statement of its own: the next one sees what was
-- committed while this one waited.
SELECT pg_advisory_xact_lock(hashtext('hub case_merge'))

-- merge --
-- Whoever holds the one holds what goes on in it.
WITH joined AS (
    INSERT INTO case_merge (case_key, into_case, by, was_open)
    SELECT $1, $2, $3, $4
    WHERE NOT EXISTS (SELECT FROM case_merge WHERE case_key IN ($1, $2) OR into_case = $1)
    ON CONFLICT DO NOTHING
    RETURNING case_key, into_case, by
), held AS (
    INSERT INTO case_task (case_key, assignee, assigned_by)
    SELECT joined.case_key, task.assignee, joined.by
    FROM joined JOIN case_task AS task ON task.case_key = joined.into_case
    ON CONFLICT (case_key) DO UPDATE
    SET assignee = excluded.assignee, assigned_at = now(), assigned_by = excluded.assigned_by
)
SELECT case_key FROM joined

-- separate --
DELETE FROM case_merge WHERE case_key = $1 AND into_case = $2 RETURNING case_key

-- snooze --
-- With those that are joined with it: in the list the one of them that is due first stands for all.
INSERT INTO case_snooze (case_key, until, by, at) SELECT case_key, $2, $3, $4 FROM (<thread>) AS thread
ON CONFLICT (case_key) DO UPDATE SET until = excluded.until, by = excluded.by, at = excluded.at

-- wake --
DELETE FROM case_snooze WHERE case_key IN (<thread>) RETURNING case_key

-- asleep --
SELECT until FROM case_snooze AS of WHERE case_key = $1 AND {asleep}

-- withdraw_note --
WITH taken AS (
    UPDATE case_note SET words = '', untold = '{}', withdrawn = true
    WHERE id = $1 AND case_key = $2 AND by = $3 AND kind = 'note'
    RETURNING id
), files AS (
    DELETE FROM given_file WHERE id IN (SELECT id FROM taken)
)
SELECT id FROM taken
