-- Delivery that is trusted: second ways, receipts and replies, what is paused, whom nobody writes to any more.

-- What a message needs to go on without the catalogue of its day: the text of its audience, the instant after
-- which it is worthless whatever held it, and how long its step waits for a receipt.
ALTER TABLE message
    ADD COLUMN variant text COLLATE "C",
    ADD COLUMN ends_at timestamptz,
    ADD COLUMN patience interval;

-- What the audit looks for: lost messages that nobody has gone on from. Of legal ones also those that have no step
-- left, for then somebody must be told.
DROP INDEX message_cascade;

CREATE INDEX message_cascade ON message (id)
    WHERE state IN ('failed', 'bounced', 'suppressed', 'expired')
      AND (fallback IS NOT NULL OR purpose = 'legal') AND NOT cascaded;

-- Calls that may have been doubled: few, and counted at every scrape.
CREATE INDEX attempt_unknown ON attempt (provider) WHERE outcome = 'unknown';

-- Receipts that name a message by the provider's own reference only.
CREATE INDEX attempt_reference ON attempt (reference, provider) WHERE reference IS NOT NULL;

-- Receipts that came before our own record of the reference; looked at again until they are too old.
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

-- Contact points that are gone, each for the channel that said so: a number without WhatsApp may take a text.
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

-- What somebody wants no more of (SALIR, CANCELAR, BAJA, ALTO): by the address that said so, and by the person.
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

-- What people answer. The id is made from the provider's own reference, so that the same text twice is one row.
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

-- What a reply from a number is about: the messages that went there. Mail names its message itself.
CREATE INDEX message_number ON message (address, created_at) WHERE channel IN ('sms', 'whatsapp');

-- Letters to be printed and handed over: what legal messages become when nothing else has arrived.
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

-- Channels (`channel:sms`) and events (`event:pqrs.received`) that an operator holds back.
CREATE TABLE pause (
    subject text COLLATE "C" PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now(),
    by text NOT NULL,
    reason text NOT NULL
);

-- What resuming releases.
CREATE INDEX message_paused ON message (channel, event) WHERE state = 'held' AND reason = 'paused';

-- What is wrong with the hub itself: told once when it begins and once when it is over.
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

-- What each process last said of itself: the state of its providers' circuits, the end of its last audit.
CREATE TABLE heartbeat (
    process text COLLATE "C",
    subject text COLLATE "C",
    at timestamptz NOT NULL,
    state text COLLATE "C" NOT NULL,
    PRIMARY KEY (process, subject)
);
