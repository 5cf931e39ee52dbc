-- Renamed so that an older hub, which would replay cases without saving their state, waits until it is stopped.
ALTER TABLE case_file RENAME TO case_state;

-- NULL: an older hub has replayed the case; it is replayed as a whole once more.
ALTER TABLE case_state ADD COLUMN state jsonb;

-- What is new in a case is a range of this index.
CREATE INDEX event_case_time ON event (case_key, time) WHERE case_key IS NOT NULL;

DROP INDEX event_case;
