-- Files that came with words: of a reply by its id, of an event by its key (an id of a reply has no time). Without
-- `sha256` the bytes are not kept: `refused` says why; while a provider still has them they are asked for (`request`).
CREATE TABLE given_file (
    id uuid NOT NULL,
    place smallint NOT NULL,
    event_key uuid GENERATED ALWAYS AS (CASE WHEN id >= '00000000-0001-0000-0000-000000000000' THEN id END) STORED,
    at timestamptz NOT NULL DEFAULT now(),
    name text NOT NULL,
    person text COLLATE "C",
    refused text COLLATE "C" NOT NULL DEFAULT '',
    sha256 bytea REFERENCES document (sha256),
    request uuid,
    PRIMARY KEY (id, place)
);

CREATE INDEX given_file_sha256 ON given_file (sha256);

CREATE INDEX given_file_person ON given_file (person);

CREATE INDEX given_file_event ON given_file (event_key, at) WHERE event_key IS NOT NULL;

CREATE INDEX given_file_request ON given_file (request) WHERE request IS NOT NULL;
