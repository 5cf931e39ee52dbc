-- Events that name a unit, copropiedad or person missing from the directory, or that have an empty audience:
-- `reasons` says which.
CREATE TABLE unreached (
    event_key uuid PRIMARY KEY,
    found_at timestamptz NOT NULL DEFAULT now(),
    reasons text[] NOT NULL
);

CREATE INDEX unreached_found ON unreached (found_at, event_key);
