-- Reliable delivery: fallback channels, receipts, replies, pauses, suppressions.

-- What a message needs without the catalogue it was planned with: the template variant of its audience, the instant
-- after which it is useless even if it was held, and how long its step waits for a receipt.
ALTER TABLE message
    ADD COLUMN variant text COLLATE "C",
    ADD COLUMN ends_at timestamptz,
    ADD COLUMN patience interval;

-- For the audit: failed messages whose next step does not exist. Includes legal messages without a further step,
-- because staff must be notified of them.
DROP INDEX message_cascade;

CREATE INDEX message_cascade ON message (id)
    WHERE state IN ('failed', 'bounced', 'suppressed', 'expired')
      AND (fallback IS NOT NULL OR purpose = 'legal') AND NOT cascaded;

-- Calls that may have been duplicated: few, and counted at every scrape.
CREATE INDEX attempt_unknown ON attempt (provider) WHERE outcome = 'unknown';

-- Receipts that name a message only by the provider's own reference.
CREATE INDEX attempt_reference ON attempt (reference, provider) WHERE reference IS NOT NULL;

-- Receipts that arrived before our own record of the reference; retried until they are too old.
CREATE TABLE early_receipt (
    provider text COLLATE "C",
    reference text COLLATE "C",
    state text COLLATE "C",
    received_at timestamptz NOT NULL,
    reason text,
    code text NOT NULL,
    gone boolean NOT NULL,
    PRIMARY KEY (provider, reference, state)
);

CREATE INDEX early_receipt_age ON early_receipt (received_at);

-- Invalid contact points, per channel that reported it: a number without WhatsApp may still receive a text.
CREATE TABLE suppression (
    address text COLLATE "C",
    channel text COLLATE "C",
    since timestamptz NOT NULL,
    expires_at timestamptz,
    lifted_at timestamptz,
    message_id uuid,
    reason text NOT NULL,
    provider text NOT NULL,
    code text NOT NULL,
    lifted_by text,
    PRIMARY KEY (address, channel)
);

CREATE INDEX suppression_since ON suppression (since);

-- Opt-outs (SALIR, CANCELAR, BAJA, ALTO): by the address that wrote, and by the person.
CREATE TABLE opt_out (
    address text COLLATE "C",
    purpose text COLLATE "C",
    since timestamptz NOT NULL,
    lifted_at timestamptz,
    reply_id uuid,
    person text COLLATE "C",
    reason text NOT NULL,
    lifted_by text,
    PRIMARY KEY (address, purpose)
);

CREATE INDEX opt_out_person ON opt_out (person) WHERE person IS NOT NULL AND lifted_at IS NULL;

CREATE INDEX opt_out_since ON opt_out (since);

-- Replies. The id is made from the provider's own reference, so that a repeated report makes one row.
CREATE TABLE reply (
    id uuid PRIMARY KEY,
    message_id uuid,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    revokes boolean NOT NULL,
    acknowledge boolean NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('reply', 'opt_out', 'opt_in', 'automatic', 'complaint')),
    channel text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    reference text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    thread text COLLATE "C" NOT NULL,
    person text COLLATE "C",
    case_key text COLLATE "C",
    subject text NOT NULL,
    text text NOT NULL
);

CREATE INDEX reply_unpublished ON reply (received_at)
    WHERE published_at IS NULL AND kind IN ('reply', 'opt_out', 'opt_in');

CREATE INDEX reply_received ON reply (received_at, id);

CREATE INDEX reply_writer ON reply (address, received_at) WHERE acknowledge;

CREATE INDEX reply_thread ON reply (thread, received_at) WHERE acknowledge;

CREATE INDEX reply_message ON reply (message_id) WHERE message_id IS NOT NULL;

-- Finds the messages that a reply from a number may answer. A mail names its message itself.
CREATE INDEX message_number ON message (address, created_at) WHERE channel IN ('sms', 'whatsapp');

-- Letters to print and deliver: the last step of legal messages when no other step has arrived.
CREATE TABLE letter (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    handed_over_at timestamptz,
    person text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text NOT NULL
);

CREATE INDEX letter_open ON letter (created_at, id) WHERE handed_over_at IS NULL;

-- Channels (`channel:sms`) and events (`event:pqrs.received`) that an operator has paused.
CREATE TABLE pause (
    subject text COLLATE "C" PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now(),
    by text NOT NULL,
    reason text NOT NULL
);

-- The messages that a resume releases.
CREATE INDEX message_paused ON message (channel, event) WHERE state = 'held' AND reason = 'paused';

-- Incidents of the hub itself: notified once when they begin and once when they end.
CREATE TABLE trouble (
    key text COLLATE "C",
    since timestamptz,
    seen_at timestamptz NOT NULL,
    told_at timestamptz,
    resolved_at timestamptz,
    resolution_told_at timestamptz,
    detail jsonb NOT NULL,
    PRIMARY KEY (key, since)
);

CREATE UNIQUE INDEX trouble_open ON trouble (key) WHERE resolved_at IS NULL;

CREATE INDEX trouble_over ON trouble (resolved_at) WHERE resolved_at IS NOT NULL;

CREATE INDEX trouble_untold ON trouble (since)
    WHERE told_at IS NULL OR (resolved_at IS NOT NULL AND resolution_told_at IS NULL);

-- The last report of each process: the state of its providers' circuits, the end of its last audit.
CREATE TABLE heartbeat (
    process text COLLATE "C",
    subject text COLLATE "C",
    at timestamptz NOT NULL,
    state text COLLATE "C" NOT NULL,
    PRIMARY KEY (process, subject)
);
