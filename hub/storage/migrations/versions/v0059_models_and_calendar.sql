-- Words that are sent again and again, without their dates. `places` are the copropiedades that they name, NULL all.
CREATE TABLE communication_model (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    kind text COLLATE "C" NOT NULL,
    draft jsonb NOT NULL,
    places text[] COLLATE "C",
    by text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL
);

-- The link under which a calendar reads what an account sees: one each, and only its hash.
CREATE TABLE calendar_link (
    account_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    made_at timestamptz NOT NULL
);

CREATE INDEX poster_ends ON poster (hangs_until) WHERE taken_down_at IS NULL;
