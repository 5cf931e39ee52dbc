The locks and the states of cases.

-- lock --
-- Advisory: a shared lock of a row would write the row. Sorted by key: two batches that overlap wait for each other
-- instead of deadlocking. A statement of its own: later reads see all that was committed while it waited.
SELECT CASE WHEN alone THEN pg_advisory_xact_lock(hashtext('hub case'), key)
       ELSE pg_advisory_xact_lock_shared(hashtext('hub case'), key) END
FROM (
    SELECT hashtext(case_key) AS key, bool_or(alone) AS alone
    FROM unnest($1::text[], $2::bool[]) AS given (case_key, alone)
    GROUP BY hashtext(case_key)
    ORDER BY hashtext(case_key)
    OFFSET 0
) AS locks

-- states --
-- Of $2 also those without a state that have events of earlier transactions: their state is unknown.
SELECT case_key, state FROM case_state WHERE case_key = ANY ($1::text[])
UNION ALL
SELECT given.case_key, NULL FROM unnest($2::text[]) AS given (case_key)
WHERE EXISTS (SELECT FROM event WHERE event.case_key = given.case_key AND event.received_at < now() OFFSET 0)
  AND NOT EXISTS (SELECT FROM case_state WHERE case_state.case_key = given.case_key)

-- lock_states --
SELECT case_key, state FROM case_state WHERE case_key = ANY ($1::text[]) ORDER BY case_key FOR UPDATE

-- save --
INSERT INTO case_state (case_key, state)
SELECT * FROM unnest($1::text[], $2::jsonb[])
ON CONFLICT (case_key) DO UPDATE SET state = excluded.state
