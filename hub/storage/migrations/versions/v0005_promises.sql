-- The promise of each clock, and its history.

ALTER TABLE clock
    ADD COLUMN promise jsonb,
    ADD COLUMN course jsonb,
    ADD COLUMN calendar text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN ended_by uuid;

-- Existing clocks have only instants: their terms become the wall time to each instant.
WITH instants AS (
    SELECT id, started_at, due_at,
           ARRAY(
               SELECT (step ->> 'at')::timestamptz FROM jsonb_array_elements(steps) WITH ORDINALITY AS each (step, n)
               WHERE step ->> 'kind' IN ('escalate', 'remind') ORDER BY n
           ) AS climbs,
           (
               SELECT (step ->> 'at')::timestamptz FROM jsonb_array_elements(steps) AS step
               WHERE step ->> 'kind' = 'at_risk' LIMIT 1
           ) AS at_risk
    FROM clock
)
UPDATE clock
SET promise = jsonb_build_object(
    'target', 'PT' || extract(epoch FROM instants.due_at - instants.started_at) || 'S',
    'at_risk', extract(epoch FROM instants.at_risk - instants.started_at)
               / nullif(extract(epoch FROM instants.due_at - instants.started_at), 0),
    'any_hour', true,
    'ladder', (
        SELECT coalesce(
            jsonb_agg('PT' || extract(epoch FROM climb - coalesce(before, instants.started_at)) || 'S' ORDER BY n),
            '[]'
        )
        FROM (
            SELECT climb, n, lag(climb) OVER (ORDER BY n) AS before
            FROM unnest(instants.climbs) WITH ORDINALITY AS each (climb, n)
        ) AS climbing
    )
)
FROM instants
WHERE instants.id = clock.id;

ALTER TABLE clock ALTER COLUMN promise SET NOT NULL;

-- Clocks that use another calendar than today's are rescheduled.
CREATE INDEX clock_calendar ON clock (calendar) WHERE ended_at IS NULL;

-- Ley 2191 de 2022: messages that must wait for the person's working hours, and people reachable at any hour.
ALTER TABLE message ADD COLUMN rests boolean NOT NULL DEFAULT false;

CREATE VIEW any_hour AS
SELECT person_id FROM membership
WHERE (on_call OR direction OR duty IN ('on_call', 'direction')) AND NOT removed
  AND (since IS NULL OR since <= now())
  AND (until IS NULL OR until > now());
