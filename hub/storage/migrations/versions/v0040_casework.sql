-- References of accounts only: nothing of residents.
CREATE TABLE case_task (
    case_key text COLLATE "C" PRIMARY KEY,
    assignee text COLLATE "C" NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT now(),
    assigned_by text COLLATE "C" NOT NULL
);

CREATE INDEX case_task_assignee ON case_task (assignee, case_key);

-- A reply that nobody has opened or assigned has no row. `state` is what staff said of it.
CREATE TABLE reply_task (
    reply_id uuid PRIMARY KEY REFERENCES reply ON DELETE CASCADE,
    read_at timestamptz,
    assigned_at timestamptz,
    settled_at timestamptz,
    read_by text COLLATE "C",
    assignee text COLLATE "C",
    assigned_by text COLLATE "C",
    state text COLLATE "C" CHECK (state IN ('answered', 'closed')),
    settled_by text COLLATE "C"
);

CREATE INDEX reply_task_assignee ON reply_task (assignee, reply_id) WHERE assignee IS NOT NULL;

-- What one person writes about one case.
CREATE INDEX reply_of_thread ON reply (thread);

-- The newest events of cases that people speak of. Accounts of units, whose payments come by the thousand, and surveys
-- are none: an event of theirs costs nothing here.
CREATE INDEX event_of_case ON ONLY event (key) WHERE case_key ~ '^(pqrs_id|thread_id|assembly_id|engagement_id|request_id|work_id|emergency_id|outage_id|incident_id|package_id|conflict_id|finding_id|case_id|privacy[.]incident_id):';

CREATE INDEX clock_running_case ON clock (case_key) WHERE ended_at IS NULL AND case_key ~ '^(pqrs_id|thread_id|assembly_id|engagement_id|request_id|work_id|emergency_id|outage_id|incident_id|package_id|conflict_id|finding_id|case_id|privacy[.]incident_id):';

-- The board of promises, soonest due first.
CREATE INDEX clock_board ON clock (due_at, id) WHERE ended_at IS NULL AND NOT promise @> '{"silent": true}';
