-- Cases: their state, whose they are, what staff does in them, and the numbers that are given to new ones.

-- The state of each case's last replay. NULL: it is replayed as a whole once more. (Its key was called otherwise once,
-- and every installation has that name.)
CREATE TABLE case_state (
    case_key text COLLATE "C" CONSTRAINT case_file_pkey PRIMARY KEY,
    state jsonb
);

CREATE TABLE party (
    case_key text COLLATE "C",
    who text COLLATE "C",
    since timestamptz NOT NULL,
    recipients jsonb NOT NULL,
    PRIMARY KEY (case_key, who)
);

-- The source that opened each case. Until an event opens it, whoever came first holds it. A unit and a person are no
-- cases: many systems write about them.
CREATE TABLE case_owner (
    case_key text COLLATE "C" PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    opened boolean NOT NULL
);

-- Staff who have taken a case: references of accounts only, nothing of residents.
CREATE TABLE case_task (
    case_key text COLLATE "C" PRIMARY KEY,
    assignee text COLLATE "C" NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT now(),
    assigned_by text COLLATE "C" NOT NULL
);

CREATE INDEX case_task_assignee ON case_task (assignee, case_key);

-- What staff writes for colleagues in a case, and what it does with the case. None of it is for a resident. `about` is
-- the account, the case or the instant that it names; `told` are accounts, `untold` the names that reach nobody.
CREATE TABLE case_note (
    id uuid PRIMARY KEY,
    case_key text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    by text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL
        CHECK (kind IN ('note', 'handed_over', 'snoozed', 'woken', 'merged', 'separated', 'split')),
    words text NOT NULL DEFAULT '',
    about text COLLATE "C",
    told text[] COLLATE "C" NOT NULL DEFAULT '{}',
    untold text[] NOT NULL DEFAULT '{}',
    withdrawn boolean NOT NULL DEFAULT false
);

CREATE INDEX case_note_of_case ON case_note (case_key, at);

-- Cases that are out of the views until then, or until the person writes.
CREATE TABLE case_snooze (
    case_key text COLLATE "C" PRIMARY KEY,
    until timestamptz NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    by text COLLATE "C" NOT NULL
);

-- A case that goes on in the thread of another. Both keep their clocks.
CREATE TABLE case_merge (
    case_key text COLLATE "C" PRIMARY KEY,
    into_case text COLLATE "C" NOT NULL CHECK (into_case <> case_key),
    was_open boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    by text COLLATE "C" NOT NULL
);

CREATE INDEX case_merge_into ON case_merge (into_case);

-- The views of a list that somebody of the staff has saved: a name, and what is asked, as people write it: an erasure
-- finds a name there.
CREATE TABLE saved_view (
    who text COLLATE "C" NOT NULL,
    name text NOT NULL,
    query jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (who, name)
);

-- The last number of each series. A row lock makes two at once wait for one another: no gap, no double.
CREATE TABLE radicado_series (
    series text COLLATE "C" NOT NULL,
    copropiedad_id text COLLATE "C" NOT NULL,
    year smallint NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (series, copropiedad_id, year)
);

-- What staff registered; `id` is the key of its event. `form` is the id of the form that was filled in: the same form
-- twice is one registration.
-- `event` are the bytes that are to be published of it, and gone once they are: a person's words stand in the event.
-- The timers publish what a killed process has not.
CREATE TABLE registration (
    id uuid PRIMARY KEY,
    form uuid NOT NULL UNIQUE,
    series text COLLATE "C" NOT NULL,
    copropiedad_id text COLLATE "C" NOT NULL,
    year smallint NOT NULL,
    number integer NOT NULL,
    radicado text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    event bytea,
    by text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    published_at timestamptz,
    CHECK ((published_at IS NULL) = (event IS NOT NULL)),
    UNIQUE (series, copropiedad_id, year, number)
);

CREATE INDEX registration_unpublished ON registration (at) WHERE published_at IS NULL;

CREATE INDEX registration_list ON registration (at DESC, id DESC);
