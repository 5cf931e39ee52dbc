Second factors of accounts and their recovery codes.

-- factor --
SELECT sealed, last_step, enrolled_at,
    (SELECT count(*) FROM recovery_code WHERE account_id = $1) AS codes_left
FROM second_factor WHERE account_id = $1

-- enrol --
INSERT INTO second_factor AS known (account_id, sealed, last_step, enrolled_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id) DO UPDATE SET sealed = $2, last_step = $3, enrolled_at = $4 WHERE $5
RETURNING account_id

-- forget_codes --
DELETE FROM recovery_code WHERE account_id = $1

-- add_codes --
INSERT INTO recovery_code (account_id, hash) SELECT $1, unnest($2::bytea[])

-- end_sessions --
DELETE FROM session WHERE account_id = $1

-- accept --
UPDATE second_factor SET last_step = $2 WHERE account_id = $1 AND sealed = $3 AND last_step < $2
RETURNING account_id

-- reseal --
UPDATE second_factor SET sealed = $3 WHERE account_id = $1 AND sealed = $2

-- spend --
DELETE FROM recovery_code WHERE account_id = $1 AND hash = $2 RETURNING hash
