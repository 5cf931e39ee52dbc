-- What becomes of the messages of a source, for whoever has asked for it. `messages.sql` has the triggers.

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

-- Events that wait for a webhook, and since when.
CREATE TABLE webhook_event (
    subscription_id uuid NOT NULL REFERENCES result_subscription ON DELETE CASCADE,
    event_id text NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    event jsonb NOT NULL,
    queued_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subscription_id, event_id)
);

CREATE INDEX webhook_event_number ON webhook_event (subscription_id, number);
