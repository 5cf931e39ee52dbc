-- What is printed: letters in batches, and the posters of notice boards.

-- What of one copropiedad is printed at once. `letters` is how many there were: those that are gone since were
-- withdrawn. `missing` are the messages whose documents staff had to print itself.
CREATE TABLE print_batch (
    id uuid PRIMARY KEY,
    copropiedad_id text COLLATE "C",
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    size text COLLATE "C" NOT NULL CHECK (size IN ('letter', 'a4')),
    letters integer NOT NULL,
    missing uuid[] NOT NULL,
    printed_at timestamptz,
    cancelled_at timestamptz
);

CREATE INDEX print_batch_made ON print_batch (made_at, id);

-- Letters to print and deliver: the last step of legal messages when no other step has arrived. The place and the order
-- of a letter in its batch stay as they were printed, whatever the directory says later.
CREATE TABLE letter (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    handed_over_at timestamptz,
    person text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text NOT NULL,
    batch_id uuid,
    batch_position integer,
    place text,
    large boolean NOT NULL DEFAULT false,
    printed_at timestamptz,
    posted_at timestamptz,
    guide text,
    state text COLLATE "C" GENERATED ALWAYS AS (
        CASE
            WHEN handed_over_at IS NOT NULL THEN 'delivered'
            WHEN posted_at IS NOT NULL THEN 'posted'
            WHEN printed_at IS NOT NULL THEN 'printed'
            WHEN batch_id IS NOT NULL THEN 'batched'
            ELSE 'open'
        END
    ) STORED
);

CREATE INDEX letter_state ON letter (state, created_at, id);

CREATE INDEX letter_batch ON letter (batch_id, batch_position) WHERE batch_id IS NOT NULL;

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
CREATE INDEX poster_ends ON poster (hangs_until) WHERE taken_down_at IS NULL;
