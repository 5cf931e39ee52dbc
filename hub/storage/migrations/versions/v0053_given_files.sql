-- Files that came with words: of a reply by its id, of an event by its key. Without `sha256` the bytes are not kept:
-- `refused` says why. Those of a provider are fetched by its id (`media`) when `next_at` has come.
CREATE TABLE given_file (
    id uuid NOT NULL,
    place smallint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    name text NOT NULL,
    person text COLLATE "C",
    refused text COLLATE "C" NOT NULL DEFAULT '',
    sha256 bytea REFERENCES document (sha256),
    media text NOT NULL DEFAULT '',
    tries integer NOT NULL DEFAULT 0,
    next_at timestamptz,
    PRIMARY KEY (id, place)
);

CREATE INDEX given_file_sha256 ON given_file (sha256);

CREATE INDEX given_file_person ON given_file (person);

CREATE INDEX given_file_at ON given_file (at);

CREATE INDEX given_file_due ON given_file (next_at) WHERE next_at IS NOT NULL;
