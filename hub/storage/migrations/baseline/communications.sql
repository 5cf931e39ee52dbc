-- What people at the company write and send (hub/model/communications.py has the states).
-- `why` is the machine's word for the state, as 'changed' of a draft that came back. `places` is NULL for the company.
CREATE TABLE communication (
    id uuid PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    origin text COLLATE "C" NOT NULL CHECK (origin IN ('desk', 'api', 'command', 'event')),
    state text COLLATE "C" NOT NULL DEFAULT 'draft',
    version integer NOT NULL DEFAULT 1,
    title text NOT NULL DEFAULT '',
    words text NOT NULL DEFAULT '',
    draft jsonb NOT NULL,
    places text[] COLLATE "C",
    by text COLLATE "C" NOT NULL,
    person text COLLATE "C",
    made_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    plan uuid,
    starts_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    why text COLLATE "C",
    cause text COLLATE "C",
    corrects uuid REFERENCES communication,
    recall jsonb,
    tally jsonb,
    -- Whoever has saved words, people or documents of it: none of them releases it.
    writers text[] COLLATE "C" NOT NULL DEFAULT '{}'
);

CREATE INDEX communication_list ON communication (changed_at DESC, id DESC);

CREATE INDEX communication_live ON communication (state) WHERE state NOT IN ('draft', 'done', 'cancelled', 'corrected');

CREATE INDEX communication_words ON communication USING gin (search_lexemes(words));

CREATE INDEX communication_corrects ON communication (corrects) WHERE corrects IS NOT NULL;

-- Of one version of a draft. `shown` is what a reader, and an approver, sees of it; `digest` binds it.
CREATE TABLE communication_plan (
    id uuid PRIMARY KEY,
    communication uuid NOT NULL REFERENCES communication ON DELETE CASCADE,
    version integer NOT NULL,
    made_at timestamptz NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'making' CHECK (state IN ('making', 'ready', 'failed')),
    digest bytea,
    people integer,
    shown jsonb,
    -- A large plan is made by the timers: until then it is one process's.
    leased_until timestamptz
);

CREATE INDEX communication_plan_of ON communication_plan (communication);

CREATE INDEX communication_plan_making ON communication_plan (made_at) WHERE state = 'making';

-- One event of a plan, for one place. The move to `running` writes its bytes; it is published from them alone.
CREATE TABLE communication_part (
    plan uuid NOT NULL REFERENCES communication_plan ON DELETE CASCADE,
    part smallint NOT NULL,
    place text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    data jsonb NOT NULL,
    chosen boolean NOT NULL,
    on_boards boolean NOT NULL,
    channels text[] COLLATE "C",
    event_key uuid,
    event bytea,
    published_at timestamptz,
    PRIMARY KEY (plan, part)
);

CREATE INDEX communication_part_event ON communication_part (event_key) WHERE event_key IS NOT NULL;

-- Who was chosen. One person stands in one part, so that nobody is told twice.
CREATE TABLE communication_person (
    plan uuid NOT NULL REFERENCES communication_plan ON DELETE CASCADE,
    person text COLLATE "C" NOT NULL,
    part smallint NOT NULL,
    units jsonb,
    -- By which channels the plan would tell them, or why it would not.
    channels text[] COLLATE "C",
    left_out text COLLATE "C",
    PRIMARY KEY (plan, person)
);

CREATE INDEX communication_person_part ON communication_person (plan, part, person);

CREATE INDEX communication_person_who ON communication_person (person);

-- A pasted or uploaded list as it was resolved. No contact is kept: `masked` shows what a row said.
CREATE TABLE communication_row (
    communication uuid NOT NULL REFERENCES communication ON DELETE CASCADE,
    place integer NOT NULL,
    person text COLLATE "C",
    masked text NOT NULL,
    why text COLLATE "C",
    -- A row of a list adds people or leaves them out (`without`), and may mean a unit.
    side text COLLATE "C" NOT NULL DEFAULT 'to' CHECK (side IN ('to', 'without')),
    unit text COLLATE "C",
    PRIMARY KEY (communication, side, place)
);

CREATE INDEX communication_row_person ON communication_row (person) WHERE person IS NOT NULL;

CREATE TABLE communication_file (
    communication uuid NOT NULL REFERENCES communication ON DELETE CASCADE,
    place smallint NOT NULL,
    name text NOT NULL,
    sha256 bytea NOT NULL REFERENCES document (sha256),
    PRIMARY KEY (communication, place)
);

CREATE INDEX communication_file_sha256 ON communication_file (sha256);

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

-- The same words for the next communication. `places` are those of its people: who reaches them sees it.
CREATE TABLE saved_audience (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    whom jsonb NOT NULL,
    places text[] COLLATE "C",
    by text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (by, name)
);
