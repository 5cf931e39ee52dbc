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
    tally jsonb
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
    shown jsonb
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
    PRIMARY KEY (communication, place)
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

-- An entry that was taken back stays in the inbox, struck through.
ALTER TABLE inbox_item ADD COLUMN recalled_at timestamptz;
