-- `by_key` is the event that says so. A row stays while that event does: what it names may come later.
CREATE TABLE recall (
    source text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    by_key uuid NOT NULL,
    PRIMARY KEY (source, event_id)
);

CREATE INDEX recall_by_key ON recall (by_key);
