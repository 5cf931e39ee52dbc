-- A sheet of people between look and apply. `content` is what it would write, with keyed hashes for documents: it goes
-- once the sheet is applied, after a day, and with every erasure. `written` are ids and versions, for the way back.
CREATE TABLE sheet_import (
    id uuid PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT now(),
    by text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'looked'
        CHECK (state IN ('looked', 'running', 'done', 'undoing', 'undone', 'failed', 'forgotten')),
    report jsonb NOT NULL,
    content jsonb,
    end_missing boolean NOT NULL DEFAULT false,
    total integer NOT NULL DEFAULT 0,
    done integer NOT NULL DEFAULT 0,
    ended_at timestamptz,
    written jsonb,
    left_as_is integer NOT NULL DEFAULT 0
);

CREATE INDEX sheet_import_made ON sheet_import (made_at);

CREATE INDEX sheet_import_live ON sheet_import (id) WHERE state IN ('running', 'undoing');

-- Two entries of one person, joined by staff: whose roles went to whom, and ids and versions for the way back.
CREATE TABLE person_join (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    by text COLLATE "C" NOT NULL,
    kept text COLLATE "C" NOT NULL,
    other text COLLATE "C" NOT NULL,
    written jsonb NOT NULL,
    undone_at timestamptz
);

CREATE INDEX person_join_kept ON person_join (kept);

CREATE INDEX person_join_other ON person_join (other);
