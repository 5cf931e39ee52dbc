-- Evidence: what decided the words of messages, and seals over attempts and endings.

-- Template files, terms of the policy, sender. `sources` is compressed JSON.
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
