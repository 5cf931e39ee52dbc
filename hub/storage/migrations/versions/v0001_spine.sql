-- Keys compare by bytes (COLLATE "C"): faster than a language's collation, and the same order as Python's sort.

CREATE TABLE event (
    key uuid PRIMARY KEY,
    time timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    planned_at timestamptz,
    waiting boolean NOT NULL,
    source text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    case_key text COLLATE "C",
    copropiedad_id text COLLATE "C",
    unit_id text COLLATE "C",
    subject text,
    datacontenttype text,
    dataschema text,
    data jsonb,
    extensions jsonb,
    UNIQUE (id, source)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);

CREATE INDEX event_case ON event (case_key) WHERE case_key IS NOT NULL;

CREATE TABLE case_file (
    case_key text COLLATE "C" PRIMARY KEY
);

CREATE TABLE party (
    case_key text COLLATE "C",
    who text COLLATE "C",
    since timestamptz NOT NULL,
    recipients jsonb NOT NULL,
    PRIMARY KEY (case_key, who)
);

CREATE TABLE message (
    id uuid PRIMARY KEY,
    event_key uuid NOT NULL,
    lease uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    ticketed_at timestamptz NOT NULL DEFAULT now(),
    next_at timestamptz,
    expires_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    sweeps smallint NOT NULL DEFAULT 0,
    cascaded boolean NOT NULL DEFAULT false,
    audience smallint NOT NULL,
    step smallint NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN (
        'queued', 'sending', 'sent', 'delivered', 'read', 'held', 'retrying',
        'failed', 'bounced', 'suppressed', 'expired', 'cancelled'
    )),
    channel text COLLATE "C" NOT NULL,
    lane text COLLATE "C" NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    occasion text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    contact_id text COLLATE "C" NOT NULL,
    address text NOT NULL,
    name text NOT NULL,
    locale text NOT NULL,
    reason text,
    skipped jsonb,
    fallback jsonb
) WITH (
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.02
);

-- Each index costs three entries per message: when it is added, claimed and recorded.
-- Lists (newest first) merge the states; counts read only this index. Without the id, the entries of one batch
-- are deduplicated.
CREATE INDEX message_state ON message (state, created_at);

CREATE INDEX message_event ON message (event_key, person);

CREATE INDEX message_person ON message (person);

CREATE INDEX message_queue ON message (channel, lane, state, sweeps, ticketed_at)
    WHERE state IN ('queued', 'sending');

CREATE INDEX message_due ON message (next_at) WHERE next_at IS NOT NULL;

CREATE INDEX message_waiting ON message (id) WHERE state IN ('held', 'retrying');

CREATE INDEX message_cascade ON message (id)
    WHERE state IN ('failed', 'bounced', 'suppressed', 'expired') AND fallback IS NOT NULL AND NOT cascaded;

-- The key identifies the call: recording it again adds nothing.
CREATE TABLE attempt (
    message_id uuid,
    at timestamptz,
    took interval NOT NULL,
    outcome text NOT NULL,
    provider text NOT NULL,
    reference text,
    code text NOT NULL,
    PRIMARY KEY (message_id, at)
);

CREATE TABLE clock (
    id uuid PRIMARY KEY,
    opened_by uuid,
    started_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    ended_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    level smallint NOT NULL,
    fired smallint NOT NULL,
    case_key text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('open', 'at_risk', 'breached', 'met', 'cancelled')),
    steps jsonb NOT NULL,
    context jsonb,
    step_at timestamptz[] NOT NULL,
    next_at timestamptz GENERATED ALWAYS AS (CASE WHEN ended_at IS NULL THEN step_at[fired + 1] END) STORED
);

CREATE INDEX clock_case ON clock (case_key);

CREATE INDEX clock_due ON clock (next_at) WHERE next_at IS NOT NULL;

CREATE INDEX clock_live ON clock (id) WHERE ended_at IS NULL;

CREATE INDEX clock_state ON clock (state, started_at);

CREATE TABLE dead_letter (
    id uuid PRIMARY KEY,
    received_at timestamptz NOT NULL,
    settled_at timestamptz,
    times integer NOT NULL DEFAULT 1,
    state text COLLATE "C" NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
    reason text NOT NULL,
    field text,
    event_type text,
    event_id text,
    source text,
    routing_key text NOT NULL,
    content_type text,
    headers json NOT NULL,
    body bytea NOT NULL
);

CREATE INDEX dead_letter_state ON dead_letter (state, received_at);

-- The directory. A removed row stays without its content, so that its version still wins over older events.
CREATE TABLE copropiedad (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL,
    address text,
    towers jsonb,
    branding jsonb,
    timezone text
);

CREATE TABLE unit (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    copropiedad_id text COLLATE "C" NOT NULL,
    tower text COLLATE "C",
    floor smallint,
    label text NOT NULL,
    coefficient double precision
);

CREATE INDEX unit_copropiedad ON unit (copropiedad_id, tower);

CREATE TABLE person (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    removed boolean NOT NULL,
    digital_access boolean NOT NULL,
    name text NOT NULL,
    locale text NOT NULL,
    document_hash text,
    contact_points jsonb,
    contact_points_given jsonb
);

CREATE TABLE membership (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    removed boolean NOT NULL,
    since timestamptz,
    until timestamptz,
    level smallint,
    person_id text COLLATE "C" NOT NULL,
    scope_kind text COLLATE "C" NOT NULL,
    scope_id text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    duty text COLLATE "C",
    service_area text COLLATE "C"
);

CREATE INDEX membership_scope ON membership (scope_kind, scope_id, role, person_id) WHERE NOT removed;

CREATE INDEX membership_duty ON membership (duty) WHERE duty IS NOT NULL AND NOT removed;

CREATE INDEX membership_level ON membership (level) WHERE level IS NOT NULL AND NOT removed;

CREATE INDEX membership_person ON membership (person_id);

-- Memberships that count now, with the people who have them.
CREATE VIEW member AS
SELECT membership.scope_kind, membership.scope_id, membership.role, membership.duty, membership.level,
       membership.service_area, person.id, person.name, person.locale, person.digital_access,
       person.contact_points
FROM membership JOIN person ON person.id = membership.person_id
WHERE NOT membership.removed
  AND NOT person.removed
  AND (membership.since IS NULL OR membership.since <= now())
  AND (membership.until IS NULL OR membership.until > now());

CREATE TABLE inbox_item (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,
    person text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text NOT NULL
);

CREATE INDEX inbox_item_person ON inbox_item (person, created_at, id);
