-- Events as they came in, whom they were for, and letters that no intake takes.

-- The ids of one millisecond: an event's messages are among them. Both are inlined, so that a month is found.
CREATE FUNCTION moment_start(id uuid) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (left(id::text, 13) || '-0000-0000-000000000000')::uuid;

CREATE FUNCTION moment_end(id uuid) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (left(id::text, 13) || '-ffff-ffff-ffffffffffff')::uuid;

-- `content` is a digest of type and data, to know a repeat from another event under the same id. An erasure takes it
-- away.
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
    content bigint
) PARTITION BY RANGE (key);

-- Rows of no month. New months are made like it (`months.sql`). An id is unique within its month: a unique index of the
-- whole would have to contain the key.
CREATE TABLE event_default PARTITION OF event (UNIQUE (id, source)) DEFAULT
    WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);

-- What is new in a case is a range of this index.
CREATE INDEX event_case_time ON event (case_key, time) WHERE case_key IS NOT NULL;

-- Expanded page by page and not finished: what keeps a month.
CREATE INDEX event_unplanned ON event (key) WHERE planned_at IS NULL;

-- The events that wait for a party of their case: few, whatever the number of months. An expression, so that the
-- planner cannot take the index of all events of the case.
CREATE INDEX event_waiting ON event ((case_key || '')) WHERE waiting;

SELECT make_first_month('event');

-- The indicators of a year read these events and no others.
CREATE INDEX event_survey ON event (type, time)
WHERE type IN ('co.coproservicios.survey.requested.v1', 'co.coproservicios.survey.answered.v1');

-- What came since the last look of an erasure: rows are stored in that order.
CREATE INDEX event_received ON event USING brin (received_at) WITH (autosummarize = on);

-- Payments, invoices and packages have none of the fields: of these intake pays for a comparison only. The list of what
-- is not sorted in yet is short, so that neither a search nor the commit that empties it waits long.
CREATE INDEX event_subject_words ON event USING gin (search_subject(data, copropiedad_id))
    WITH (gin_pending_list_limit = 256)
    WHERE data ?| '{title, subject, instruction, obligation, report_kind}';

-- The newest events of cases that people speak of. Accounts of units, whose payments come by the thousand, and surveys
-- are none: an event of theirs costs nothing here.
CREATE INDEX event_of_case ON event (key) WHERE case_key ~ '^(pqrs_id|thread_id|assembly_id|engagement_id|request_id|work_id|emergency_id|outage_id|incident_id|package_id|conflict_id|finding_id|case_id|privacy[.]incident_id):';

-- The events that show a standing task done, of a year: few types, of which each building has a handful.
CREATE INDEX event_task ON event (type, time)
WHERE type IN (
    'co.coproservicios.admin.assembly.convened.v1',
    'co.coproservicios.admin.financial_report.published.v1',
    'co.coproservicios.admin.visit.scheduled.v1',
    'co.coproservicios.policy.task.done.v1',
    'co.coproservicios.policy.updated.v1',
    'co.coproservicios.pqrs.report.published.v1',
    'co.coproservicios.privacy.consent.requested.v1',
    'co.coproservicios.quality.audit.finding.v1',
    'co.coproservicios.staff.training.scheduled.v1'
);

-- Emergencies of the last days, which the first page looks for: a handful among all events.
CREATE INDEX event_emergency ON event (type, time) WHERE type = 'co.coproservicios.emergency.declared.v1';

-- The subjects of a unit, of which it has a handful in a year: a search for "302 humedad" reads no others.
CREATE INDEX event_unit_subject ON event (unit_id, key)
WHERE unit_id IS NOT NULL AND data ?| '{title, subject, instruction, obligation, report_kind}';

-- `by_key` is the event that says so. A row stays while that event does: what it names may come later.
CREATE TABLE recall (
    source text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    by_key uuid NOT NULL,
    PRIMARY KEY (source, event_id)
);

CREATE INDEX recall_by_key ON recall (by_key);

-- Each audience of an event as it was planned. `groups` is what was looked up, `people` the number of people found,
-- `why` the reason why nobody or not everybody is notified.
CREATE TABLE audience_record (
    event_key uuid,
    audience smallint,
    planned_at timestamptz NOT NULL,
    directory_version bigint NOT NULL,
    people integer NOT NULL,
    why text COLLATE "C",
    groups jsonb NOT NULL,
    PRIMARY KEY (event_key, audience)
);

-- People of an audience who were not notified, each with the reason.
CREATE TABLE left_out (
    event_key uuid,
    audience smallint,
    person text COLLATE "C",
    reason text COLLATE "C" NOT NULL,
    detail text COLLATE "C",
    PRIMARY KEY (event_key, audience, person)
);

CREATE INDEX left_out_person ON left_out (person);

-- Events that name a unit, copropiedad or person missing from the directory, or that have an empty audience:
-- `reasons` says which.
CREATE TABLE unreached (
    event_key uuid PRIMARY KEY,
    found_at timestamptz NOT NULL DEFAULT now(),
    reasons text[] NOT NULL
);

CREATE INDEX unreached_found ON unreached (found_at, event_key);

-- `sender` is the RabbitMQ user or the caller over HTTP. NULL: nobody was named.
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
    body bytea NOT NULL,
    sender text,
    wrong_sender boolean NOT NULL DEFAULT false
);

CREATE INDEX dead_letter_state ON dead_letter (state, received_at);

-- Explains why nobody was notified of an event: intake may have refused it.
CREATE INDEX dead_letter_event ON dead_letter (event_id) WHERE event_id IS NOT NULL;

-- However many others came in the same hour, these are found.
CREATE INDEX dead_letter_wrong_sender ON dead_letter (received_at) WHERE wrong_sender;

-- At most one survey per person and time: the survey that has the person's turn, and since when.
CREATE TABLE survey_turn (
    person text COLLATE "C" PRIMARY KEY,
    event_key uuid NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT now()
);
