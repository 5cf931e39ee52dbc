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
