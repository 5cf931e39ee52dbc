-- What operators do and see: pauses, incidents, processes, actions on many rows.

-- Channels (`channel:sms`) and events (`event:pqrs.received`) that an operator has paused. From `ends_at` on the pause
-- holds nothing; the timers take it away and release what it held.
CREATE TABLE pause (
    subject text COLLATE "C" PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now(),
    by text NOT NULL,
    reason text NOT NULL,
    ends_at timestamptz
);

-- Incidents of the hub itself: notified once when they begin and once when they end.
CREATE TABLE trouble (
    key text COLLATE "C",
    since timestamptz,
    seen_at timestamptz NOT NULL,
    told_at timestamptz,
    resolved_at timestamptz,
    resolution_told_at timestamptz,
    detail jsonb NOT NULL,
    PRIMARY KEY (key, since)
);

CREATE UNIQUE INDEX trouble_open ON trouble (key) WHERE resolved_at IS NULL;

CREATE INDEX trouble_over ON trouble (resolved_at) WHERE resolved_at IS NOT NULL;

CREATE INDEX trouble_untold ON trouble (since)
    WHERE told_at IS NULL OR (resolved_at IS NOT NULL AND resolution_told_at IS NULL);

-- The last report of each process: the state of its providers' circuits, the end of its last audit.
CREATE TABLE heartbeat (
    process text COLLATE "C",
    subject text COLLATE "C",
    at timestamptz NOT NULL,
    state text COLLATE "C" NOT NULL,
    PRIMARY KEY (process, subject)
);

-- What an operator does to many rows at once. `asked` is the filter without the person, `places` are the copropiedades
-- that it was started for (NULL: all). The rows were chosen when it was started: `bulk_item` has them.
CREATE TABLE bulk_run (
    id uuid PRIMARY KEY,
    made_at timestamptz NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('resend', 'cancel', 'replay', 'discard', 'printed')),
    state text COLLATE "C" NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'cancelled')),
    by text NOT NULL,
    reason text NOT NULL,
    asked jsonb,
    places text[] COLLATE "C",
    chosen integer NOT NULL,
    done integer NOT NULL DEFAULT 0,
    skipped integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    ended_at timestamptz,
    ended_by text
);

CREATE INDEX bulk_run_made ON bulk_run (made_at, id);

CREATE INDEX bulk_run_running ON bulk_run (made_at) WHERE state = 'running';

-- `result` is NULL until its turn: `done`, `skipped` or `failed`, with the reason.
CREATE TABLE bulk_item (
    run_id uuid REFERENCES bulk_run ON DELETE CASCADE,
    id uuid,
    result text COLLATE "C",
    reason text COLLATE "C",
    at timestamptz,
    PRIMARY KEY (run_id, id)
);

CREATE INDEX bulk_item_waiting ON bulk_item (run_id, id) WHERE result IS NULL;
