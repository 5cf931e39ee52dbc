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

-- The place and the order of a letter in its batch stay as they were printed, whatever the directory says later.
-- `state` rewrites the table once; it has a row for each letter.
ALTER TABLE letter
    ADD COLUMN batch_id uuid,
    ADD COLUMN batch_position integer,
    ADD COLUMN place text,
    ADD COLUMN large boolean NOT NULL DEFAULT false,
    ADD COLUMN printed_at timestamptz,
    ADD COLUMN posted_at timestamptz,
    ADD COLUMN guide text,
    ADD COLUMN state text COLLATE "C" GENERATED ALWAYS AS (
        CASE
            WHEN handed_over_at IS NOT NULL THEN 'delivered'
            WHEN posted_at IS NOT NULL THEN 'posted'
            WHEN printed_at IS NOT NULL THEN 'printed'
            WHEN batch_id IS NOT NULL THEN 'batched'
            ELSE 'open'
        END
    ) STORED;

DROP INDEX letter_open;

CREATE INDEX letter_state ON letter (state, created_at, id);

CREATE INDEX letter_batch ON letter (batch_id, batch_position) WHERE batch_id IS NOT NULL;

-- Documents that staff prints itself have no letter: few of the messages, and only these are entered. Once one is
-- handed over, only its ending tells what it was.
CREATE INDEX message_to_print ON ONLY message (created_at, id)
    WHERE channel = 'print' AND state = 'failed' AND reason = 'document_not_printed';

CREATE INDEX ending_to_print ON ending (message_id) WHERE reason = 'document_not_printed';
