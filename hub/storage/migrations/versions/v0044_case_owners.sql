-- The source that opened each case. Until an event opens it, whoever came first holds it.
CREATE TABLE case_owner (
    case_key text COLLATE "C" PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    opened boolean NOT NULL
);

-- Cases from before are their first event's. A unit and a person are no cases: many systems write about them.
-- One walk through `event_case_time`: a look-up for each case would hold writers four times as long.
INSERT INTO case_owner (case_key, source, opened)
SELECT DISTINCT ON (event.case_key) event.case_key, event.source, true
FROM event JOIN case_state ON case_state.case_key = event.case_key
WHERE event.case_key !~ '^(unit_id|subject_id):'
ORDER BY event.case_key, event.time;

ALTER TABLE api_key ADD COLUMN cases_of text[] COLLATE "C" NOT NULL DEFAULT '{}';

-- A digest of type and data, to know a repeat from another event under the same id. An erasure takes it away.
ALTER TABLE event ADD COLUMN content bigint;
