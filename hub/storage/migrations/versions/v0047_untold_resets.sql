-- Stored with the new password; a row goes once the broker has its notice. `person` is whose the account was then.
CREATE TABLE untold_reset (
    account_id uuid NOT NULL REFERENCES account,
    at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    by text NOT NULL,
    person text COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, at)
);
