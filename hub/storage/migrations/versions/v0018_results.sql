-- Who asked for the results of a source: over RabbitMQ, or by a webhook (`url`). The secrets are encrypted; an earlier
-- one signs as well until it ends. `tries` and `next_at` are of the whole endpoint: its events go out in order.
CREATE TABLE result_subscription (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    kinds text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    url text,
    secret text,
    earlier_secret text,
    earlier_ends_at timestamptz,
    tries integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT now(),
    failing_since timestamptz,
    last_error text,
    sent_at timestamptz,
    disabled_at timestamptz
);

CREATE UNIQUE INDEX result_subscription_source ON result_subscription (source) WHERE url IS NULL;

-- Read whenever messages are planned.
CREATE INDEX result_subscription_live ON result_subscription (source) WHERE disabled_at IS NULL;

-- Whether somebody had asked for its results when the message was planned.
ALTER TABLE message ADD COLUMN listened boolean NOT NULL DEFAULT false;

-- Results that are not published yet. Only of messages that are listened to: for all others no row is ever written.
CREATE TABLE result (
    message_id uuid NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL,
    reason text,
    number bigint GENERATED ALWAYS AS IDENTITY,
    claimed_until timestamptz,
    PRIMARY KEY (message_id, state, at)
);

CREATE INDEX result_number ON result (number);

-- In the statement that changes the message, whichever it is: a crash cannot come in between.
CREATE FUNCTION keep_result() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO result (message_id, state, at, reason) VALUES (NEW.id, NEW.state, NEW.updated_at, NEW.reason)
    ON CONFLICT DO NOTHING; RETURN NULL; END $$;

CREATE TRIGGER result_planned AFTER INSERT ON message FOR EACH ROW
    WHEN (NEW.listened AND NEW.state IN ('failed', 'suppressed', 'expired'))
    EXECUTE FUNCTION keep_result();

CREATE TRIGGER result_changed AFTER UPDATE OF state ON message FOR EACH ROW
    WHEN (
        NEW.listened AND NEW.state <> OLD.state
        AND NEW.state IN ('sent', 'delivered', 'read', 'failed', 'bounced', 'suppressed', 'expired')
    )
    EXECUTE FUNCTION keep_result();

-- Events that wait for a webhook.
CREATE TABLE webhook_event (
    subscription_id uuid NOT NULL REFERENCES result_subscription ON DELETE CASCADE,
    event_id text NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    event jsonb NOT NULL,
    PRIMARY KEY (subscription_id, event_id)
);

CREATE INDEX webhook_event_number ON webhook_event (subscription_id, number);
