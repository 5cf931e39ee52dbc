-- Staff that was called is notified of the end: the last step of a clock comes after its end.

DROP INDEX clock_due;
DROP INDEX clock_live;
ALTER TABLE clock DROP COLUMN next_at, DROP COLUMN ended_by;

-- Drops the steps that an ended clock will not run. Nobody is notified now of clocks that ended long ago.
UPDATE clock
SET step_at = step_at[:fired],
    steps = (
        SELECT coalesce(jsonb_agg(step ORDER BY n), '[]')
        FROM jsonb_array_elements(steps) WITH ORDINALITY AS each (step, n) WHERE n <= fired
    )
WHERE ended_at IS NOT NULL;

ALTER TABLE clock ADD COLUMN next_at timestamptz GENERATED ALWAYS AS (step_at[fired + 1]) STORED;

CREATE INDEX clock_due ON clock (next_at) WHERE next_at IS NOT NULL;

CREATE INDEX clock_live ON clock (id) WHERE ended_at IS NULL OR next_at IS NOT NULL;
