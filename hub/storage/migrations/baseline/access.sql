-- Who may do what: accounts and their sessions, keys of systems, residents on their own page, and the audit.

-- People who sign in to the console. The name is what they sign in with, in lower case.
CREATE TABLE account (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz,
    locked_until timestamptz,
    signed_in_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    must_change boolean NOT NULL,
    name text COLLATE "C" NOT NULL UNIQUE,
    display_name text NOT NULL,
    password_hash text NOT NULL,
    created_by text NOT NULL,
    -- After a day without a failure an account's count begins again, like that of a name that nobody has.
    failed_at timestamptz,
    -- Until when a one-time password opens.
    password_until timestamptz,
    -- Who of the directory signs in by this account: "Mi bandeja" is this person's.
    person text COLLATE "C",
    reset_at timestamptz,
    reset_by text
);

-- The role of an account per copropiedad; '' is everywhere.
CREATE TABLE account_role (
    account_id uuid REFERENCES account ON DELETE CASCADE,
    copropiedad_id text COLLATE "C",
    role text COLLATE "C",
    PRIMARY KEY (account_id, copropiedad_id, role)
);

-- Stores only the hash of the cookie's value. A session without an account was opened with HUB_API_KEY.
CREATE TABLE session (
    hash bytea PRIMARY KEY,
    account_id uuid REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);

CREATE INDEX session_account ON session (account_id);

-- Failed sign-ins with what is no account: names that nobody has, and known devices of accounts. `key` is a keyed
-- hash: a person may have typed a password as the name.
CREATE TABLE sign_in_lock (
    key bytea PRIMARY KEY,
    failures integer NOT NULL,
    failed_at timestamptz NOT NULL,
    locked_until timestamptz
);

CREATE INDEX sign_in_lock_failed ON sign_in_lock (failed_at);

-- `sealed` is the secret, encrypted with a key of HUB_SECRET, whose id it names (hub/access/keyring.py). No code of
-- `last_step`, the time step of the last accepted code, or before is accepted. `tries` are the wrong codes from `since`
-- on, and those that are checked at this moment.
CREATE TABLE second_factor (
    account_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    sealed text NOT NULL,
    last_step bigint NOT NULL,
    enrolled_at timestamptz NOT NULL,
    tries int NOT NULL DEFAULT 0,
    since timestamptz
);

-- Hashes of what opens once instead of a code of the app.
CREATE TABLE recovery_code (
    account_id uuid NOT NULL REFERENCES second_factor ON DELETE CASCADE,
    hash bytea NOT NULL,
    PRIMARY KEY (account_id, hash)
);

-- Stored with the new password; a row goes once the broker has its notice. `person` is whose the account was then.
CREATE TABLE untold_reset (
    account_id uuid NOT NULL REFERENCES account,
    at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    by text NOT NULL,
    person text COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, at)
);

-- The link under which a calendar reads what an account sees: one each, and only its hash.
CREATE TABLE calendar_link (
    account_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    made_at timestamptz NOT NULL
);

-- API keys. Only a hash is kept; `prefix` lets a person recognise a key. `cases_of` are the sources whose cases it may
-- add to.
CREATE TABLE api_key (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    used_at timestamptz,
    name text COLLATE "C" NOT NULL,
    prefix text COLLATE "C" NOT NULL UNIQUE,
    hash bytea NOT NULL,
    scopes text[] COLLATE "C" NOT NULL,
    source text COLLATE "C",
    event_types text[] COLLATE "C" NOT NULL,
    amqp_user text,
    created_by text NOT NULL,
    cases_of text[] COLLATE "C" NOT NULL DEFAULT '{}'
);

CREATE INDEX api_key_name ON api_key (name);

-- What opens a resident's own page. Neither a code nor a cookie can be read from these rows: `hash` is the SHA-256 of
-- the cookie, `digest` is keyed with the hub's secret. Rows of the day before are deleted when a code is asked for.
CREATE TABLE resident_code (
    hash bytea PRIMARY KEY,
    person text COLLATE "C" NOT NULL,
    digest text NOT NULL,
    -- Where it went, masked, for the page that asks for it.
    shown text NOT NULL,
    created_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0
);

CREATE INDEX resident_code_person ON resident_code (person, created_at);
CREATE INDEX resident_code_created ON resident_code (created_at);

CREATE TABLE resident_session (
    hash bytea PRIMARY KEY,
    person text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);

CREATE INDEX resident_session_person ON resident_session (person);
CREATE INDEX resident_session_ends ON resident_session (ends_at);

-- Every read of a person's data, and every change that somebody makes. Rows are never changed.
CREATE TABLE audit (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    who text NOT NULL,
    action text COLLATE "C" NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL,
    -- The person whose data a note is about: everybody may ask who read their data (Ley 1581 de 2012, art. 8).
    person text COLLATE "C",
    -- The address that a request came from over HTTP.
    address text
);

CREATE INDEX audit_at ON audit (at, id);

CREATE INDEX audit_person ON audit (person, at, id) WHERE person IS NOT NULL;

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

-- As in `months.sql`: a caller must not choose which table the name means.
DO $do$ BEGIN
    EXECUTE format(
        'ALTER FUNCTION forget_audit(timestamptz, bigint) SET search_path = %I, pg_temp', current_schema()
    );
    END $do$;

REVOKE EXECUTE ON FUNCTION forget_audit(timestamptz, bigint) FROM PUBLIC;
