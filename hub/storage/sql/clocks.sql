Clocks: written by intake under the lock of their case, advanced by timers without it.

-- save --
-- A timer may have advanced the stored clock since intake read it: then its state and level are the newer
-- ones, unless the clock has ended.
INSERT INTO clock (
    id, case_key, name, state, started_at, due_at, level, fired, ended_at, opened_by, steps, context, step_at,
    copropiedad_id
)
SELECT id, case_key, name, state, started_at, due_at, level, fired, ended_at, opened_by, steps, context,
       ARRAY(
           SELECT (step ->> 'at')::timestamptz FROM jsonb_array_elements(steps) WITH ORDINALITY AS each (step, n)
           ORDER BY n
       ),
       coalesce(
           context ->> 'copropiedad_id', (SELECT event.copropiedad_id FROM event WHERE event.key = given.opened_by)
       )
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::smallint[],
    $8::smallint[], $9::timestamptz[], $10::uuid[], $11::jsonb[], $12::jsonb[]
) AS given (
    id, case_key, name, state, started_at, due_at, level, fired, ended_at, opened_by, steps, context
)
ON CONFLICT (id) DO UPDATE
SET case_key = excluded.case_key, name = excluded.name, started_at = excluded.started_at,
    due_at = excluded.due_at, ended_at = excluded.ended_at, opened_by = excluded.opened_by,
    steps = excluded.steps, context = excluded.context, step_at = excluded.step_at,
    copropiedad_id = coalesce(excluded.copropiedad_id, clock.copropiedad_id),
    fired = greatest(clock.fired, excluded.fired),
    level = CASE WHEN clock.fired > excluded.fired THEN clock.level ELSE excluded.level END,
    state = CASE
        WHEN clock.fired > excluded.fired AND clock.ended_at IS NULL AND excluded.ended_at IS NULL
        THEN clock.state ELSE excluded.state
    END,
    updated_at = now()

-- of_cases --
SELECT * FROM clock WHERE case_key = ANY ($1::text[]) ORDER BY started_at, id

-- by_id --
SELECT * FROM clock WHERE id = ANY ($1::uuid[]) ORDER BY id

-- due --
SELECT * FROM clock WHERE next_at <= now() ORDER BY next_at, id LIMIT $1

-- advance --
UPDATE clock SET state = $2, level = $3, fired = $4, updated_at = now()
WHERE id = $1 AND fired = $5 AND ended_at IS NULL
RETURNING id

-- live --
SELECT * FROM clock WHERE ended_at IS NULL AND id > $1 ORDER BY id LIMIT $2
