-- Messages from plan to end: their rows, each call to a provider, each end without a call, and the inbox.

CREATE FUNCTION record_ending() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO ending (message_id, state, reason) VALUES (NEW.id, NEW.state, NEW.reason); RETURN NULL; END $$;

-- In the statement that changes the message, whichever it is: a crash cannot come in between.
CREATE FUNCTION keep_result() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO result (message_id, state, at, reason) VALUES (NEW.id, NEW.state, NEW.updated_at, NEW.reason)
    ON CONFLICT DO NOTHING; RETURN NULL; END $$;

CREATE TABLE message (
    id uuid PRIMARY KEY,
    event_key uuid NOT NULL,
    lease uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    ticketed_at timestamptz NOT NULL DEFAULT now(),
    next_at timestamptz,
    expires_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    sweeps smallint NOT NULL DEFAULT 0,
    cascaded boolean NOT NULL DEFAULT false,
    audience smallint NOT NULL,
    step smallint NOT NULL,
    state text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    lane text COLLATE "C" NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    occasion text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    contact_id text COLLATE "C" NOT NULL,
    address text NOT NULL,
    name text NOT NULL,
    locale text NOT NULL,
    reason text,
    skipped jsonb,
    fallback jsonb,
    -- What a message needs without the catalogue it was planned with: the template variant of its audience, the instant
    -- after which it is useless even if it was held, and how long its step waits for a receipt.
    variant text COLLATE "C",
    ends_at timestamptz,
    patience interval,
    -- The units that a message is about, for a person with several.
    units jsonb,
    -- Accounts with access to some copropiedades see no others. Rows without one (NULL) are visible only to accounts
    -- with access everywhere.
    copropiedad_id text COLLATE "C",
    -- Ley 2191 de 2022: it must wait for the person's working hours.
    rests boolean NOT NULL DEFAULT false,
    -- Whether somebody had asked for its results when the message was planned.
    listened boolean NOT NULL DEFAULT false
) PARTITION BY RANGE (id);

-- Rows of no month. New months are made like it (`months.sql`).
CREATE TABLE message_default PARTITION OF message DEFAULT
    WITH (
        autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_vacuum_insert_scale_factor = 0.05,
        autovacuum_analyze_scale_factor = 0.02
    );

-- Each index costs three entries per message: when it is added, claimed and recorded.
-- Lists (newest first) merge the states; counts read only this index. Without the id, the entries of one batch
-- are deduplicated.
CREATE INDEX message_state ON message (state, created_at);

CREATE INDEX message_event ON message (event_key, person);

CREATE INDEX message_person ON message (person);

CREATE INDEX message_queue ON message (channel, lane, state, sweeps, ticketed_at)
    WHERE state IN ('queued', 'sending');

CREATE INDEX message_due ON message (next_at) WHERE next_at IS NOT NULL;

CREATE INDEX message_waiting ON message (id) WHERE state IN ('held', 'retrying');

-- For the audit: failed messages whose next step does not exist. Includes legal messages without a further step,
-- because staff must be notified of them.
CREATE INDEX message_cascade ON message (id)
    WHERE state IN ('failed', 'bounced', 'suppressed', 'expired')
      AND (fallback IS NOT NULL OR purpose = 'legal') AND NOT cascaded;

-- Finds the messages that a reply from a number may answer. A mail names its message itself.
CREATE INDEX message_number ON message (address, created_at) WHERE channel IN ('sms', 'whatsapp');

-- The messages that a resume releases.
CREATE INDEX message_paused ON message (channel, event) WHERE state = 'held' AND reason = 'paused';

-- Lists and counts of a copropiedad, as `message_state` does for all of them.
CREATE INDEX message_place ON message (copropiedad_id, state, created_at) WHERE copropiedad_id IS NOT NULL;

SELECT make_first_month('message');

-- `waiting`: it lies in the inbox, unread. NOT VALID as in the installations where it replaced a narrower one: there
-- was nothing to validate.
ALTER TABLE message ADD CONSTRAINT message_state_check CHECK (state IN (
    'queued', 'sending', 'sent', 'waiting', 'delivered', 'read', 'held', 'retrying',
    'failed', 'bounced', 'suppressed', 'expired', 'cancelled'
)) NOT VALID;

CREATE INDEX message_emergency ON message (id)
    WHERE purpose = 'emergency' AND state IN ('failed', 'bounced', 'suppressed', 'expired');

-- Documents that staff prints itself have no letter: few of the messages, and only these are entered. Once one is
-- handed over, only its ending tells what it was.
CREATE INDEX message_to_print ON message (created_at, id)
    WHERE channel = 'print' AND state = 'failed' AND reason = 'document_not_printed';

-- The newest messages of an event or a channel that few have: by state alone a list would read all the others first.
-- Of what most messages are (payments, mail, the inbox) a list finds enough by state: these pay for no entry more.
CREATE INDEX message_name ON message (event, state, created_at) WHERE event <> 'admin.payment.received';

CREATE INDEX message_channel ON message (channel, state, created_at) WHERE channel NOT IN ('email', 'inbox');

CREATE TRIGGER message_born_ended AFTER INSERT ON message
    FOR EACH ROW WHEN (NEW.state IN ('failed', 'suppressed', 'expired', 'cancelled'))
    EXECUTE FUNCTION record_ending();

CREATE TRIGGER message_ended AFTER UPDATE OF state ON message
    FOR EACH ROW WHEN (NEW.state IN ('failed', 'suppressed', 'expired', 'cancelled') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION record_ending();

CREATE TRIGGER result_planned AFTER INSERT ON message FOR EACH ROW
    WHEN (NEW.listened AND NEW.state IN ('failed', 'suppressed', 'expired'))
    EXECUTE FUNCTION keep_result();

-- Also of messages that a recall, or the end of what they were about, has cancelled.
CREATE TRIGGER result_changed AFTER UPDATE OF state ON message FOR EACH ROW
    WHEN (
        NEW.listened AND NEW.state <> OLD.state
        AND NEW.state IN ('sent', 'delivered', 'read', 'failed', 'bounced', 'suppressed', 'expired', 'cancelled')
    )
    EXECUTE FUNCTION keep_result();

-- The key identifies the call: recording it again adds nothing.
-- `digest` is the SHA-256 of the bytes that left, `content` those bytes of a legal message, compressed. `facts` are
-- what the text was made of besides event and message, `version` the template_version.
CREATE TABLE attempt (
    message_id uuid,
    at timestamptz,
    took interval NOT NULL,
    outcome text NOT NULL,
    provider text NOT NULL,
    reference text,
    code text NOT NULL,
    digest bytea,
    version bytea,
    facts jsonb,
    content bytea,
    -- The transaction has its id before the clock is read: what a transaction that has no id yet records, it records
    -- later than now. Rows that are older than the seals have none.
    recorded_at timestamptz DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN clock_timestamp() END,
    PRIMARY KEY (message_id, at)
) PARTITION BY RANGE (message_id);

ALTER TABLE attempt ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE attempt_default PARTITION OF attempt DEFAULT;

-- Receipts that name a message only by the provider's own reference.
CREATE INDEX attempt_reference ON attempt (reference, provider) WHERE reference IS NOT NULL;

SELECT make_first_month('attempt');

DROP FUNCTION make_first_month;

-- Rows are stored in the order in which they are recorded: a few bytes for each hundred pages.
CREATE INDEX attempt_recorded ON attempt USING brin (recorded_at) WITH (autosummarize = on);

-- Messages that ended without reaching anybody, whatever statement ended them: a call to a provider has its attempt,
-- and a receipt too.
CREATE TABLE ending (
    message_id uuid NOT NULL,
    state text COLLATE "C" NOT NULL,
    reason text,
    recorded_at timestamptz NOT NULL DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN clock_timestamp() END
);

CREATE INDEX ending_message ON ending (message_id);

CREATE INDEX ending_recorded ON ending USING brin (recorded_at) WITH (autosummarize = on);

CREATE INDEX ending_to_print ON ending (message_id) WHERE reason = 'document_not_printed';

-- Receipts that arrived before our own record of the reference; retried until they are too old.
CREATE TABLE early_receipt (
    provider text COLLATE "C",
    reference text COLLATE "C",
    state text COLLATE "C",
    received_at timestamptz NOT NULL,
    reason text,
    code text NOT NULL,
    gone boolean NOT NULL,
    PRIMARY KEY (provider, reference, state)
);

CREATE INDEX early_receipt_age ON early_receipt (received_at);

-- Of whom the desk was told that a message of an emergency had not reached them.
CREATE TABLE emergency_alert (
    event_key uuid NOT NULL,
    person text NOT NULL,
    alerted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_key, person)
);

-- Messages that somebody said not to recognise, each once; `at` is the time of its event. Nothing of a person.
CREATE TABLE reported (
    message_id uuid PRIMARY KEY,
    at timestamptz NOT NULL
);

-- One digest of a person for one instant. The messages that it has are `held`, reason `in_digest`, until it is settled.
-- `data` are those of its event, until that is published.
CREATE TABLE notice_digest (
    event_key uuid PRIMARY KEY,
    person text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    messages uuid[] NOT NULL,
    data jsonb,
    made_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    settled_at timestamptz,
    UNIQUE (person, due_at)
);

CREATE INDEX notice_digest_open ON notice_digest (event_key) WHERE settled_at IS NULL;

CREATE INDEX notice_digest_made ON notice_digest (made_at) WHERE settled_at IS NOT NULL;

-- One row, of the process of delivery that has written last; intake plans with these where its settings name none.
CREATE TABLE told_channels (
    only_one bool PRIMARY KEY DEFAULT true CHECK (only_one),
    names text[] COLLATE "C" NOT NULL
);

-- An entry that was taken back (`recalled_at`) stays in the inbox, struck through.
CREATE TABLE inbox_item (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,
    person text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text NOT NULL,
    place bigint GENERATED ALWAYS AS IDENTITY,
    recalled_at timestamptz
);

-- A person's entries, newest first; and those that wait, which every page counts.
CREATE INDEX inbox_item_person ON inbox_item (person, created_at DESC, id DESC);

CREATE INDEX inbox_item_unread ON inbox_item (person, created_at DESC, id DESC) WHERE read_at IS NULL;

-- The streams of a process ask what has come to any of their people since they last looked.
CREATE INDEX inbox_item_place ON inbox_item (place);
