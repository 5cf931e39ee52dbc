-- The bytes, once for each digest, apart from what every message reads. They are compressed by their own format.
CREATE TABLE document (
    sha256 bytea PRIMARY KEY,
    kind text NOT NULL,
    size integer NOT NULL,
    content bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE document ALTER COLUMN content SET STORAGE EXTERNAL;

-- One for each event that names a document which may be fetched: all its messages share it. `digest` is what its
-- publisher says that it is, `sha256` what has come.
CREATE TABLE document_request (
    event_key uuid PRIMARY KEY,
    url text NOT NULL,
    name text NOT NULL,
    attach boolean NOT NULL,
    digest bytea,
    wait_until timestamptz NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'asked',
    tries integer NOT NULL DEFAULT 0,
    next_at timestamptz DEFAULT now(),
    last_error text,
    sha256 bytea REFERENCES document (sha256)
);

CREATE INDEX document_request_due ON document_request (next_at) WHERE state = 'asked';
CREATE INDEX document_request_sha256 ON document_request (sha256);
