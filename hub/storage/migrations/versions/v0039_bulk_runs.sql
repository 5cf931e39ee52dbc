-- What an operator does to many rows at once. `asked` is the filter without the person, `places` are the copropiedades
-- that it was started for (NULL: all). The rows were chosen when it was started: `bulk_item` has them.
CREATE TABLE bulk_run (
    id uuid PRIMARY KEY,
    made_at timestamptz NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('resend', 'cancel', 'replay', 'printed')),
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
