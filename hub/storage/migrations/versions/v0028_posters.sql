-- One for each event, audience and copropiedad: what hangs on a notice board is for nobody by name. Whether it still
-- holds follows from `hangs_until`, from recalls and from later events of its case, so no timer changes a row.
CREATE TABLE poster (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    event_key uuid NOT NULL,
    event text NOT NULL,
    audience smallint NOT NULL,
    copropiedad_id text COLLATE "C" NOT NULL,
    zones text[] NOT NULL,
    urgent boolean NOT NULL,
    hangs_until timestamptz NOT NULL,
    -- The types of later events of its case that end it.
    enders text[] COLLATE "C" NOT NULL,
    -- The page as it was first made, and its digest: what was hung can be read again.
    title text,
    html text,
    sha256 bytea,
    made_at timestamptz,
    printed_at timestamptz,
    printed_by text,
    hung_at timestamptz,
    hung_by text,
    taken_down_at timestamptz,
    taken_down_by text,
    -- The batch of letters that begins with it.
    batch_id uuid
);

CREATE INDEX poster_created ON poster (created_at, id);
CREATE INDEX poster_event ON poster (event_key);
CREATE INDEX poster_batch ON poster (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX poster_unprinted ON poster (hangs_until) WHERE printed_at IS NULL;
CREATE INDEX poster_printed ON poster (printed_at) WHERE printed_at IS NOT NULL AND taken_down_at IS NULL;
