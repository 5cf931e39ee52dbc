Second factors of accounts and their recovery codes.

-- factor --
SELECT sealed, last_step, enrolled_at, tries, since,
    (SELECT count(*) FROM recovery_code WHERE account_id = $1) AS codes_left
FROM second_factor WHERE account_id = $1

-- enrol --
INSERT INTO second_factor AS known (account_id, sealed, last_step, enrolled_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id) DO UPDATE
SET sealed = $2, last_step = $3, enrolled_at = $4, tries = 0, since = NULL WHERE $5
RETURNING account_id

-- forget_codes --
DELETE FROM recovery_code WHERE account_id = $1

-- add_codes --
INSERT INTO recovery_code (account_id, hash) SELECT $1, unnest($2::bytea[])

-- end_sessions --
DELETE FROM session WHERE account_id = $1

-- count_code --
-- In one statement: of a thousand codes at once only those of the budget are checked.
UPDATE second_factor
SET tries = CASE WHEN since > $2::timestamptz - $4::interval THEN tries + 1 ELSE 1 END,
    since = CASE WHEN since > $2::timestamptz - $4::interval THEN since ELSE $2 END
WHERE account_id = $1 AND (since IS NULL OR since <= $2::timestamptz - $4::interval OR tries < $3)
RETURNING tries, since

-- undo_code --
-- Only in the same day: the next one has none to give back.
UPDATE second_factor SET tries = tries - 1, since = CASE WHEN tries > 1 THEN since END
WHERE account_id = $1 AND since = $2 AND tries > 0

-- accept --
UPDATE second_factor SET last_step = $2 WHERE account_id = $1 AND sealed = $3 AND last_step < $2
RETURNING account_id

-- reseal --
UPDATE second_factor SET sealed = $3 WHERE account_id = $1 AND sealed = $2

-- spend --
DELETE FROM recovery_code WHERE account_id = $1 AND hash = $2 RETURNING hash
