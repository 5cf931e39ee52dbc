-- The RabbitMQ user or the caller over HTTP. NULL: nobody was named, or the letter is older than this column.
ALTER TABLE dead_letter ADD COLUMN sender text, ADD COLUMN wrong_sender boolean NOT NULL DEFAULT false;

-- Of older letters only the reason tells: these must not be replayed in bulk either.
UPDATE dead_letter SET wrong_sender = true
WHERE state = 'open' AND (
    starts_with(reason, 'this source is bound to a user of RabbitMQ') OR reason IN (
        'the source''s key does not publish events of this type',
        'the key publishes for another source',
        'the key does not publish events of this type',
        'type: only the hub itself publishes this'
    )
);

-- However many others came in the same hour, these are found.
CREATE INDEX dead_letter_wrong_sender ON dead_letter (received_at) WHERE wrong_sender;

-- No statement reads it, and each attempt wrote it.
DROP INDEX attempt_unknown;
