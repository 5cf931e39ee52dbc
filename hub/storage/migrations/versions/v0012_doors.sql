-- Failed sign-ins with what is no account: names that nobody has, and known devices of accounts. `key` is a keyed
-- hash: a person may have typed a password as the name.
CREATE TABLE sign_in_lock (
    key bytea PRIMARY KEY,
    failures integer NOT NULL,
    failed_at timestamptz NOT NULL,
    locked_until timestamptz
);

CREATE INDEX sign_in_lock_failed ON sign_in_lock (failed_at);

-- After a day without a failure an account's count begins again, like that of a name that nobody has.
ALTER TABLE account ADD COLUMN failed_at timestamptz;

-- The address that a request came from over HTTP.
ALTER TABLE audit ADD COLUMN address text;
