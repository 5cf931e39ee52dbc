-- One digest of a person for one instant. The messages that it has are `held`, reason `in_digest`, until it is settled.
-- `data` are those of its event, until that is published.
CREATE TABLE notice_digest (
    event_key uuid PRIMARY KEY,
    person text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    messages uuid[] NOT NULL,
    data jsonb,
    made_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    settled_at timestamptz,
    UNIQUE (person, due_at)
);

CREATE INDEX notice_digest_open ON notice_digest (event_key) WHERE settled_at IS NULL;

CREATE INDEX notice_digest_made ON notice_digest (made_at) WHERE settled_at IS NOT NULL;
