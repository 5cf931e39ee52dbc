-- `sealed` is the secret, encrypted with a key of HUB_SECRET, whose id it names (hub/access/keyring.py). No code of
-- `last_step`, the time step of the last accepted code, or before is accepted.
CREATE TABLE second_factor (
    account_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    sealed text NOT NULL,
    last_step bigint NOT NULL,
    enrolled_at timestamptz NOT NULL
);

-- Hashes of what opens once instead of a code of the app.
CREATE TABLE recovery_code (
    account_id uuid NOT NULL REFERENCES second_factor ON DELETE CASCADE,
    hash bytea NOT NULL,
    PRIMARY KEY (account_id, hash)
);
