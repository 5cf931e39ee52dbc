-- Each asking for a release, and how it ended. `shown` is what who decided saw, byte for byte as its digest says.
CREATE TABLE approval (
    communication uuid NOT NULL REFERENCES communication ON DELETE CASCADE,
    asked_at timestamptz NOT NULL,
    asked_by text COLLATE "C" NOT NULL,
    asked_person text COLLATE "C",
    approver text COLLATE "C",
    plan uuid NOT NULL,
    digest bytea NOT NULL,
    people integer NOT NULL,
    senior boolean NOT NULL,
    ends_at timestamptz NOT NULL,
    verdict text COLLATE "C" CHECK (verdict IN ('released', 'refused', 'lapsed', 'void')),
    at timestamptz,
    by text COLLATE "C",
    person text COLLATE "C",
    reason text,
    shown bytea,
    shown_sha256 bytea,
    told_at timestamptz,
    PRIMARY KEY (communication, asked_at),
    CHECK ((verdict IS NULL) = (at IS NULL)),
    CHECK (verdict NOT IN ('released', 'refused') OR by IS NOT NULL)
);

CREATE UNIQUE INDEX approval_open ON approval (communication) WHERE verdict IS NULL;

CREATE INDEX approval_released ON approval (plan) WHERE verdict = 'released';

-- What colleagues are still to be told of: that they are asked, or what was decided.
CREATE INDEX approval_untold ON approval (asked_at) WHERE told_at IS NULL;

-- An event of another system that waits for a release, as it came. Once it is settled its bytes go, the digest stays:
-- a second copy changes nothing.
CREATE TABLE held_event (
    source text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    key uuid NOT NULL,
    content bytea NOT NULL,
    communication uuid NOT NULL UNIQUE REFERENCES communication ON DELETE CASCADE,
    received_at timestamptz NOT NULL,
    people integer NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'released', 'refused')),
    reason text,
    sender text COLLATE "C",
    routing_key text COLLATE "C" NOT NULL,
    content_type text COLLATE "C",
    headers json NOT NULL,
    body bytea NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (source, event_id)
);

CREATE INDEX held_event_open ON held_event (received_at) WHERE settled_at IS NULL;
