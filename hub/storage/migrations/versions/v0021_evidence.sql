-- `digest` is the SHA-256 of the bytes that left, `content` those bytes of a legal message, compressed. `facts` are what
-- the text was made of besides event and message, `version` the template_version.
ALTER TABLE attempt
    ADD COLUMN digest bytea,
    ADD COLUMN version bytea,
    ADD COLUMN facts jsonb,
    ADD COLUMN content bytea,
    ADD COLUMN recorded_at timestamptz;

ALTER TABLE attempt ALTER COLUMN content SET STORAGE EXTERNAL;

-- The transaction has its id before the clock is read: what a transaction that has no id yet records, it records
-- later than now. Older rows have none: they are older than the seals. Not in ADD COLUMN, which would rewrite them.
ALTER TABLE attempt ALTER COLUMN recorded_at
    SET DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN clock_timestamp() END;

-- Rows are stored in the order in which they are recorded: a few bytes for each hundred pages.
CREATE INDEX attempt_recorded ON ONLY attempt USING brin (recorded_at) WITH (autosummarize = on);

-- Messages that ended without reaching anybody, whatever statement ended them: a call to a provider has its attempt, and
-- a receipt too.
CREATE TABLE ending (
    message_id uuid NOT NULL,
    state text COLLATE "C" NOT NULL,
    reason text,
    recorded_at timestamptz NOT NULL DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN clock_timestamp() END
);

CREATE INDEX ending_message ON ending (message_id);

CREATE INDEX ending_recorded ON ending USING brin (recorded_at) WITH (autosummarize = on);

CREATE FUNCTION record_ending() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO ending (message_id, state, reason) VALUES (NEW.id, NEW.state, NEW.reason); RETURN NULL; END $$;

CREATE TRIGGER message_born_ended AFTER INSERT ON message
    FOR EACH ROW WHEN (NEW.state IN ('failed', 'suppressed', 'expired', 'cancelled'))
    EXECUTE FUNCTION record_ending();

CREATE TRIGGER message_ended AFTER UPDATE OF state ON message
    FOR EACH ROW WHEN (NEW.state IN ('failed', 'suppressed', 'expired', 'cancelled') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION record_ending();

-- What decided the words of messages: template files, terms of the policy, sender. `sources` is compressed JSON.
CREATE TABLE template_version (
    digest bytea PRIMARY KEY,
    sources bytea NOT NULL,
    used_at timestamptz NOT NULL DEFAULT now()
);

-- The chain: a row for each minute in which something was recorded. It covers all attempts from the end of the seal
-- before it. `leaves` has 56 bytes for each row: message, instant, digest of the row.
CREATE TABLE seal (
    number bigint PRIMARY KEY CHECK (number > 0),
    minute timestamptz NOT NULL,
    count integer NOT NULL,
    root bytea NOT NULL,
    previous bytea NOT NULL,
    digest bytea NOT NULL,
    leaves bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE seal ALTER COLUMN leaves SET STORAGE EXTERNAL;

CREATE UNIQUE INDEX seal_minute ON seal (minute);

-- What a time stamping authority has answered (RFC 3161) over the digest of a seal.
CREATE TABLE seal_stamp (
    number bigint PRIMARY KEY,
    reply bytea NOT NULL,
    stamped_at timestamptz NOT NULL DEFAULT now()
);
