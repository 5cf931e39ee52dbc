-- Events that name a unit, copropiedad or person that the directory did not have, or that had an audience of
-- nobody: `reasons` says which of these.
CREATE TABLE unreached (
    event_key uuid PRIMARY KEY,
    found_at timestamptz NOT NULL DEFAULT now(),
    reasons text[] NOT NULL
);

CREATE INDEX unreached_found ON unreached (found_at, event_key);
