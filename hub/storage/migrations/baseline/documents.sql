-- Documents that events name, and files that come in with somebody's words.

-- The host of an address as the policy names it: without the port that is usual.
CREATE FUNCTION document_host(url text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(regexp_replace(
    lower(substring(url FROM '^[^:/]+://[^/?#]+')),
    '^(?:https://(.*?)(?::443)?|http://(.*?)(?::80)?)$',
    '\1\2'
), '');

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

CREATE INDEX document_request_sha256 ON document_request (sha256);

-- Documents are fetched host by host.
CREATE INDEX document_request_host ON document_request (document_host(url), next_at) WHERE state = 'asked';

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
