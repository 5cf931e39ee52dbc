Clocks: written by intake under the lock of their case, advanced by timers without it.

-- save --
-- Intake has held the row locks since it read the rows (of_cases), so no timer has advanced them. A stopped clock
-- has no due instants.
INSERT INTO clock (
    id, case_key, name, state, started_at, due_at, level, fired, ended_at, opened_by, steps, context, promise,
    course, calendar, step_at, copropiedad_id
)
SELECT id, case_key, name, state, started_at, due_at, level, fired, ended_at, opened_by, steps, context, promise,
       course, calendar,
       ARRAY(
           SELECT (step ->> 'at')::timestamptz FROM jsonb_array_elements(steps) WITH ORDINALITY AS each (step, n)
           WHERE jsonb_typeof(course -> 'pauses' -> -1 -> 'until') IS DISTINCT FROM 'null'
           ORDER BY n
       ),
       coalesce(
           context ->> 'copropiedad_id', (SELECT event.copropiedad_id FROM event WHERE event.key = given.opened_by)
       )
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::smallint[],
    $8::smallint[], $9::timestamptz[], $10::uuid[], $11::jsonb[], $12::jsonb[], $13::jsonb[], $14::jsonb[],
    $15::text[]
) AS given (
    id, case_key, name, state, started_at, due_at, level, fired, ended_at, opened_by, steps, context, promise,
    course, calendar
)
ON CONFLICT (id) DO UPDATE
SET case_key = excluded.case_key, name = excluded.name, started_at = excluded.started_at,
    due_at = excluded.due_at, ended_at = excluded.ended_at, opened_by = excluded.opened_by,
    steps = excluded.steps, context = excluded.context, step_at = excluded.step_at,
    copropiedad_id = coalesce(excluded.copropiedad_id, clock.copropiedad_id),
    promise = excluded.promise, course = excluded.course, calendar = excluded.calendar,
    fired = excluded.fired, level = excluded.level, state = excluded.state,
    updated_at = now()

-- of_cases --
-- Locks the rows: timers that want to advance these clocks wait until intake has written them.
SELECT * FROM clock WHERE case_key = ANY ($1::text[]) OR id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE

-- by_id --
SELECT * FROM clock WHERE id = ANY ($1::uuid[]) ORDER BY id

-- listed --
SELECT * FROM clock WHERE id = ANY ($1::uuid[]) ORDER BY array_position($1::uuid[], id)

-- seen --
SELECT * FROM clock WHERE id = $1 AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))

-- of_case --
-- Those that run, then those that ended last. `$3`: clocks without a place belong to the places as well.
SELECT * FROM clock
WHERE case_key = $1 AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2) OR ($3 AND copropiedad_id IS NULL))
  AND NOT promise @> '{"silent": true}'
ORDER BY ended_at IS NOT NULL, started_at DESC, id LIMIT $4

-- of_thread --
-- The same, with those of the cases that go on in its thread, its own first.
SELECT * FROM clock
WHERE case_key = ANY (ARRAY (SELECT $1::text UNION ALL SELECT case_key FROM case_merge WHERE into_case = $1))
  AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2) OR ($3 AND copropiedad_id IS NULL))
  AND NOT promise @> '{"silent": true}'
ORDER BY case_key <> $1, ended_at IS NOT NULL, started_at DESC, id LIMIT $4

-- places --
SELECT id, copropiedad_id FROM clock WHERE id = ANY ($1::uuid[])

-- due --
SELECT * FROM clock
WHERE next_at <= now() - $2::interval AND next_at > now() - $2::interval - $3::interval
ORDER BY next_at, id LIMIT $1

-- advance --
-- Locks in the same order as intake (of_cases), to avoid a deadlock.
WITH given AS (
    SELECT * FROM unnest(
        $1::uuid[], $2::text[], $3::smallint[], $4::smallint[], $5::smallint[], $6::timestamptz[], $7::smallint[],
        $8::boolean[]
    ) AS given (id, state, level, fired, seen, seen_at, told, running)
), standing AS (
    SELECT clock.id, given.state, given.level, given.fired, given.seen, given.told
    FROM given
    JOIN clock ON clock.id = given.id
    WHERE clock.fired = given.seen AND clock.next_at = given.seen_at
      AND (clock.ended_at IS NULL) = given.running
    ORDER BY clock.id
    FOR UPDATE OF clock
)
UPDATE clock
SET state = standing.state, level = standing.level, fired = standing.fired, updated_at = now(),
    steps = CASE
        WHEN standing.told IS NULL THEN clock.steps
        ELSE jsonb_set(clock.steps, ARRAY[standing.seen::text, 'told'], to_jsonb(standing.told))
    END
FROM standing WHERE clock.id = standing.id
RETURNING clock.id

-- live --
-- The fields of a LiveClock, in its order. Silent clocks are on no board.
SELECT id, state, level, fired, due_at, next_at, ended_at IS NOT NULL, context ->> 'copropiedad_id',
       coalesce(jsonb_array_length(course -> 'reopened'), 0)
FROM clock
WHERE (ended_at IS NULL OR next_at IS NOT NULL) AND id > $1 AND promise -> 'silent' IS DISTINCT FROM 'true'
ORDER BY id LIMIT $2

-- watched --
-- In the order of the index of what is live. A paused clock has no due instants.
SELECT clock.*, clock.copropiedad_id AS place, copropiedad.name AS building, unit.label AS unit, unit.tower
FROM (
    SELECT * FROM clock
    WHERE (ended_at IS NULL OR next_at IS NOT NULL) AND ended_at IS NULL AND id > $1 AND step_at[1] <= $3
    ORDER BY id LIMIT $2
) AS clock
LEFT JOIN copropiedad ON copropiedad.id = clock.copropiedad_id
LEFT JOIN unit ON unit.id = clock.context ->> 'unit_id'
ORDER BY clock.id

-- of_other_calendars --
-- Two ranges, each in index order: with a plain LIMIT the planner reads all clocks and finds none. SKIP LOCKED: a
-- locked row belongs to intake, which reschedules the clock itself.
SELECT * FROM (
    SELECT * FROM clock
    WHERE ended_at IS NULL AND calendar < $1
    ORDER BY calendar
    LIMIT $2
    FOR UPDATE SKIP LOCKED
) AS before
UNION ALL
SELECT * FROM (
    SELECT * FROM clock
    WHERE ended_at IS NULL AND calendar > $1
    ORDER BY calendar
    LIMIT $2
    FOR UPDATE SKIP LOCKED
) AS after
LIMIT $2
