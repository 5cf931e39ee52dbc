-- What each event that asked to extend a clock has got: `refusal` says why it is not what it asked for. `told_at` is
-- NULL until its publisher was told of the last change.
CREATE TABLE clock_extension (
    event_key uuid NOT NULL,
    clock text NOT NULL,
    asked_on date,
    due_at timestamptz,
    refusal text,
    found_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,
    claimed_until timestamptz,
    PRIMARY KEY (event_key, clock)
);

CREATE INDEX clock_extension_untold ON clock_extension (found_at) WHERE told_at IS NULL;

-- Of whom the desk was told that a message of an emergency had not reached them.
CREATE TABLE emergency_alert (
    event_key uuid NOT NULL,
    person text NOT NULL,
    alerted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_key, person)
);

CREATE INDEX message_emergency ON ONLY message (id)
    WHERE purpose = 'emergency' AND state IN ('failed', 'bounced', 'suppressed', 'expired');

-- Since when an event waits for its webhook.
ALTER TABLE webhook_event ADD COLUMN queued_at timestamptz NOT NULL DEFAULT now();
