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
