Cases among colleagues.

-- add_note --
INSERT INTO case_note (id, case_key, by, kind, words, about, told, untold, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING

-- event_of_reply --
SELECT * FROM event WHERE id = 'reply:' || $1::text AND source = $2

-- split --
UPDATE reply SET thread = $2, case_key = $3 WHERE id = $1

-- one_merge --
-- One at a time: two that cross would put each case into the other. A statement of its own: the next one sees what was
-- committed while this one waited.
SELECT pg_advisory_xact_lock(hashtext('hub case_merge'))

-- merge --
INSERT INTO case_merge (case_key, into_case, by, was_open)
SELECT $1, $2, $3, $4
WHERE NOT EXISTS (SELECT FROM case_merge WHERE case_key IN ($1, $2) OR into_case = $1)
ON CONFLICT DO NOTHING
RETURNING case_key

-- separate --
DELETE FROM case_merge WHERE case_key = $1 AND into_case = $2 RETURNING case_key

-- snooze --
INSERT INTO case_snooze (case_key, until, by, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (case_key) DO UPDATE SET until = excluded.until, by = excluded.by, at = excluded.at

-- wake --
DELETE FROM case_snooze WHERE case_key = $1 RETURNING case_key

-- asleep --
SELECT until FROM case_snooze AS of WHERE case_key = $1 AND {asleep}

-- withdraw_note --
UPDATE case_note SET words = '', untold = '{}', withdrawn = true
WHERE id = $1 AND case_key = $2 AND by = $3 AND kind = 'note'
RETURNING id
