-- The source that opened each case. Until an event opens it, whoever came first holds it.
CREATE TABLE case_owner (
    case_key text COLLATE "C" PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    opened boolean NOT NULL
);

-- Cases from before are their first event's. A unit and a person are no cases: many systems write about them.
INSERT INTO case_owner (case_key, source, opened)
SELECT case_state.case_key, first.source, true
FROM case_state
CROSS JOIN LATERAL (
    SELECT source FROM event WHERE event.case_key = case_state.case_key ORDER BY time LIMIT 1
) AS first
WHERE case_state.case_key !~ '^(unit_id|subject_id):';

ALTER TABLE api_key ADD COLUMN cases_of text[] COLLATE "C" NOT NULL DEFAULT '{}';

-- A digest of type and data, to know a repeat from another event under the same id. An erasure takes it away.
ALTER TABLE event ADD COLUMN content bigint;
