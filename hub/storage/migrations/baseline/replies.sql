-- What people answer, and what staff does with it.

-- The id is made from the provider's own reference, so that a repeated report makes one row.
-- `unproven` is INICIAR or BAJA by a mail that anybody could have written: the hub asks the address, and nothing else
-- follows. `taking` is the result of a text by which a level takes a case (TOMO), as decided when the text arrived.
CREATE TABLE reply (
    id uuid PRIMARY KEY,
    message_id uuid,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    revokes boolean NOT NULL,
    acknowledge boolean NOT NULL,
    kind text COLLATE "C" NOT NULL
        CHECK (kind IN ('reply', 'opt_out', 'opt_in', 'unproven', 'take_on', 'automatic', 'complaint')),
    channel text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    reference text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    thread text COLLATE "C" NOT NULL,
    person text COLLATE "C",
    case_key text COLLATE "C",
    subject text NOT NULL,
    text text NOT NULL,
    taking jsonb
);

CREATE INDEX reply_unpublished ON reply (received_at)
    WHERE published_at IS NULL AND kind IN ('reply', 'opt_out', 'opt_in', 'unproven', 'take_on');

CREATE INDEX reply_received ON reply (received_at, id);

CREATE INDEX reply_writer ON reply (address, received_at) WHERE acknowledge;

CREATE INDEX reply_thread ON reply (thread, received_at) WHERE acknowledge;

CREATE INDEX reply_message ON reply (message_id) WHERE message_id IS NOT NULL;

-- The replies of a case, also those of which there is no event: automatic ones, complaints.
CREATE INDEX reply_case ON reply (case_key) WHERE case_key IS NOT NULL;

-- What one person writes about one case.
CREATE INDEX reply_of_thread ON reply (thread);

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
