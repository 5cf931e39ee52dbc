-- A person whose data is erased for good. `words` are names and addresses to look for; they go when nothing is left.
-- `marks` are those of the addresses. `cursor` is the last event that was read, `swept_at` the instant up to which all
-- that came was read.
CREATE TABLE erasure (
    person text COLLATE "C" PRIMARY KEY,
    asked_at timestamptz NOT NULL DEFAULT now(),
    asked_by text NOT NULL,
    reason text NOT NULL,
    words text[] NOT NULL,
    marks text[] COLLATE "C" NOT NULL,
    cursor uuid,
    swept_at timestamptz NOT NULL DEFAULT now(),
    looked_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);

-- What came since the last look: rows are stored in that order.
CREATE INDEX event_received ON ONLY event USING brin (received_at) WITH (autosummarize = on);

-- The mark of an address: a salted digest, which stands in `suppression` in its place. The salt is this database's own.
-- It is no secret from who reads the database; a digest without salt could be looked up in a table made once for all.
DO $do$ BEGIN
    EXECUTE format(
        'CREATE FUNCTION address_mark(address text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE '
        'RETURN ''sha256:'' || encode(sha256(convert_to(%L || lower(address), ''UTF8'')), ''hex'')',
        gen_random_uuid()::text || gen_random_uuid()::text
    );
    END $do$;

-- The user of the roles may not change the audit. By this it may forget what is old, never of the last year.
CREATE FUNCTION forget_audit(before timestamptz, most bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE
        gone bigint;
    BEGIN
        DELETE FROM audit WHERE ctid = ANY (ARRAY (
            SELECT ctid FROM audit WHERE at < least(before, now() - interval '1 year') LIMIT most
        ));
        GET DIAGNOSTICS gone = ROW_COUNT;
        RETURN gone;
    END
$$;
