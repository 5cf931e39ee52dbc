-- The clocks of promises.

-- `copropiedad_id` as in `message`: accounts with access to some copropiedades see no others.
-- The last step of a clock comes after its end: staff that was called is notified of it. So `next_at` does not ask for
-- the end.
CREATE TABLE clock (
    id uuid PRIMARY KEY,
    opened_by uuid,
    started_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    ended_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    level smallint NOT NULL,
    fired smallint NOT NULL,
    case_key text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('open', 'at_risk', 'breached', 'met', 'cancelled')),
    steps jsonb NOT NULL,
    context jsonb,
    step_at timestamptz[] NOT NULL,
    copropiedad_id text COLLATE "C",
    promise jsonb NOT NULL,
    course jsonb,
    calendar text COLLATE "C" NOT NULL DEFAULT '',
    next_at timestamptz GENERATED ALWAYS AS (step_at[fired + 1]) STORED
);

CREATE INDEX clock_case ON clock (case_key);

CREATE INDEX clock_state ON clock (state, started_at);

CREATE INDEX clock_place ON clock (copropiedad_id, state, started_at) WHERE copropiedad_id IS NOT NULL;

-- Clocks that use another calendar than today's are rescheduled.
CREATE INDEX clock_calendar ON clock (calendar) WHERE ended_at IS NULL;

CREATE INDEX clock_due ON clock (next_at) WHERE next_at IS NOT NULL;

CREATE INDEX clock_live ON clock (id) WHERE ended_at IS NULL OR next_at IS NOT NULL;

-- A case by the number that people know. A clock copies it from the event that starts it.
CREATE INDEX clock_radicado ON clock ((context ->> 'radicado')) WHERE context ->> 'radicado' IS NOT NULL;

-- As `event_of_case`: cases that people speak of.
CREATE INDEX clock_running_case ON clock (case_key) WHERE ended_at IS NULL AND case_key ~ '^(pqrs_id|thread_id|assembly_id|engagement_id|request_id|work_id|emergency_id|outage_id|incident_id|package_id|conflict_id|finding_id|case_id|privacy[.]incident_id):';

-- The board of promises, soonest due first.
CREATE INDEX clock_board ON clock (due_at, id) WHERE ended_at IS NULL AND NOT promise @> '{"silent": true}';

-- The promises that run in each case, the first one due first, with what the views of matters ask of them.
CREATE INDEX clock_work ON clock (case_key, due_at, id) INCLUDE (name, state, level, copropiedad_id)
WHERE ended_at IS NULL AND NOT promise @> '{"silent": true}'
  AND jsonb_typeof(promise -> 'follow_up') IS DISTINCT FROM 'object';

-- What each event that asked to extend a clock has got: `refusal` says why it is not what it asked for. `told_at` is
-- NULL until its publisher was told of the last change.
CREATE TABLE clock_extension (
    event_key uuid NOT NULL,
    clock text NOT NULL,
    asked_on date,
    due_at timestamptz,
    refusal text,
    found_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,
    claimed_until timestamptz,
    PRIMARY KEY (event_key, clock)
);

CREATE INDEX clock_extension_untold ON clock_extension (found_at) WHERE told_at IS NULL;
