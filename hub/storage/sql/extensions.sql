Extensions of clocks that events asked for.

-- keep --
-- An event that was stored by an older hub has no row, and its publisher is not told years later.
INSERT INTO clock_extension (event_key, clock, asked_on, due_at, refusal, told_at)
SELECT event_key, clock, asked_on, due_at, refusal, CASE WHEN refusal IS NULL THEN now() END
FROM unnest($1::uuid[], $2::text[], $3::date[], $4::timestamptz[], $5::text[], $6::bool[])
    AS given (event_key, clock, asked_on, due_at, refusal, is_new)
WHERE is_new OR EXISTS (
    SELECT FROM clock_extension AS known WHERE known.event_key = given.event_key AND known.clock = given.clock
)
ON CONFLICT (event_key, clock) DO UPDATE
SET due_at = excluded.due_at, refusal = excluded.refusal, found_at = now(), told_at = NULL, claimed_until = NULL
WHERE clock_extension.refusal IS DISTINCT FROM excluded.refusal

-- take --
WITH due AS (
    SELECT event_key, clock FROM clock_extension
    WHERE told_at IS NULL AND (claimed_until IS NULL OR claimed_until < now())
    ORDER BY found_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE clock_extension SET claimed_until = now() + $2::interval
    FROM due
    WHERE clock_extension.event_key = due.event_key AND clock_extension.clock = due.clock
    RETURNING clock_extension.*
)
SELECT taken.event_key, taken.clock, taken.asked_on, taken.due_at, taken.refusal, taken.found_at,
       event.id AS event_id, event.source, event.type, event.case_key, event.data ->> 'radicado' AS radicado
FROM taken
-- Gone together with the event where the retention has dropped it.
CROSS JOIN LATERAL (SELECT * FROM event WHERE event.key = taken.event_key OFFSET 0) AS event
ORDER BY taken.found_at, taken.event_key

-- finish --
WITH queued AS (
    INSERT INTO webhook_event (subscription_id, event_id, event)
    SELECT given.* FROM unnest($4::uuid[], $5::text[], $6::jsonb[]) AS given (subscription_id, event_id, event)
    WHERE EXISTS (SELECT FROM result_subscription WHERE id = given.subscription_id)
    ON CONFLICT DO NOTHING
)
UPDATE clock_extension SET told_at = now()
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS told (event_key, clock, found_at)
WHERE clock_extension.event_key = told.event_key AND clock_extension.clock = told.clock
  AND clock_extension.found_at = told.found_at

