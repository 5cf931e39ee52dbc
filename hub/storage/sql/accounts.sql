Accounts of the console and their sessions.
Second factors of accounts and their recovery codes.

-- accounts --
SELECT account.*, grants.*,
    EXISTS (SELECT FROM second_factor WHERE account_id = account.id) AS second_factor
FROM account,
LATERAL (
    SELECT array_agg(role ORDER BY copropiedad_id, role) AS roles,
        array_agg(copropiedad_id ORDER BY copropiedad_id, role) AS places
    FROM account_role WHERE account_id = account.id
) AS grants
WHERE $1::text IS NULL OR name = $1
ORDER BY name

-- add --
INSERT INTO account (id, created_at, must_change, password_until, name, display_name, password_hash, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (name) DO NOTHING
RETURNING id

-- names --
SELECT id, name FROM copropiedad WHERE id = ANY ($1::text[])

-- grant --
INSERT INTO account_role (account_id, role, copropiedad_id)
SELECT $1, * FROM unnest($2::text[], $3::text[])
ON CONFLICT DO NOTHING

-- take --
DELETE FROM account_role
WHERE account_id = $1 AND (role, copropiedad_id) IN (SELECT * FROM unnest($2::text[], $3::text[]))
RETURNING role

-- disable --
UPDATE account SET disabled_at = coalesce(disabled_at, $2) WHERE id = $1

-- enable --
UPDATE account SET disabled_at = NULL WHERE id = $1

-- unlock --
UPDATE account SET failures = 0, locked_until = NULL WHERE id = $1

-- set_person --
UPDATE account SET person = $2
WHERE id = $1 AND ($2::text IS NULL OR EXISTS (SELECT FROM person WHERE person.id = $2 AND NOT removed))
RETURNING id

-- set_password --
WITH ended AS (DELETE FROM session WHERE account_id = $1)
UPDATE account
SET password_hash = $2, must_change = $3, password_until = $4, failures = 0, locked_until = NULL
WHERE id = $1

-- reset_password --
WITH ended AS (
    DELETE FROM session WHERE account_id = $1
), changed AS (
    UPDATE account
    SET password_hash = $2, must_change = true, password_until = $3, failures = 0, locked_until = NULL,
        reset_at = $4, reset_by = $5
    WHERE id = $1
    RETURNING id, person
)
INSERT INTO untold_reset (account_id, at, until, by, person)
SELECT id, $4, $3, $5, person FROM changed WHERE person IS NOT NULL
ON CONFLICT DO NOTHING

-- untold_resets --
SELECT account_id, account.name AS account, untold_reset.person, at, by, until
FROM untold_reset JOIN account ON account.id = account_id
ORDER BY at, account_id
LIMIT $1

-- mark_told --
DELETE FROM untold_reset USING unnest($1::uuid[], $2::timestamptz[]) AS told (account_id, at)
WHERE (untold_reset.account_id, untold_reset.at) = (told.account_id, told.at)

-- rehash --
UPDATE account SET password_hash = $3 WHERE id = $1 AND password_hash = $2

-- attempt --
-- Before the first lock the index is outside the array: the interval is NULL, and so is the instant.
UPDATE account
SET failures = CASE WHEN failed_at <= $2::timestamptz - $5::interval THEN 1 ELSE failures + 1 END,
    locked_until = $2::timestamptz + ($3::interval[])[least(
        CASE WHEN failed_at <= $2::timestamptz - $5::interval THEN 1 ELSE failures + 1 END - $4::int,
        cardinality($3)
    )],
    failed_at = $2
WHERE id = $1 AND (locked_until IS NULL OR locked_until <= $2)
RETURNING failures

-- attempt_key --
-- The same for what is no account. The first failure never locks. Old rows go with each attempt: strangers make them.
WITH old AS (
    DELETE FROM sign_in_lock WHERE key IN (
        SELECT key FROM sign_in_lock WHERE failed_at <= $2::timestamptz - $5::interval AND key <> $1
        ORDER BY failed_at LIMIT 100 FOR UPDATE SKIP LOCKED
    )
)
INSERT INTO sign_in_lock AS known (key, failures, failed_at) VALUES ($1, 1, $2)
ON CONFLICT (key) DO UPDATE
SET failures = CASE WHEN known.failed_at <= $2::timestamptz - $5::interval THEN 1 ELSE known.failures + 1 END,
    locked_until = $2::timestamptz + ($3::interval[])[least(
        CASE WHEN known.failed_at <= $2::timestamptz - $5::interval THEN 1 ELSE known.failures + 1 END - $4::int,
        cardinality($3)
    )],
    failed_at = $2
WHERE known.locked_until IS NULL OR known.locked_until <= $2
RETURNING failures

-- undo_attempt --
UPDATE account SET failures = greatest(failures - 1, 0), locked_until = NULL WHERE id = $1

-- undo_key --
UPDATE sign_in_lock SET failures = greatest(failures - 1, 0), locked_until = NULL WHERE key = $1

-- key_locked_until --
SELECT locked_until FROM sign_in_lock WHERE key = $1

-- forget_key --
DELETE FROM sign_in_lock WHERE key = $1

-- signed_in --
UPDATE account SET failures = 0, locked_until = NULL, signed_in_at = $2 WHERE id = $1

-- forget_factor --
WITH ended AS (DELETE FROM session WHERE account_id = $1)
DELETE FROM second_factor WHERE account_id = $1

-- guard_administrators --
-- Lock: two administrators who disable each other at the same time must not both succeed.
SELECT pg_advisory_xact_lock(hashtext('hub.administrators'))

-- administrators --
SELECT account_id FROM account_role JOIN account ON account.id = account_id
WHERE role = $1 AND copropiedad_id = '' AND disabled_at IS NULL

-- end_sessions --
DELETE FROM session WHERE account_id = $1

-- open_session --
INSERT INTO session (hash, account_id, created_at, seen_at, ends_at) VALUES ($1, $2, $3, $4, $5)

-- find_session --
SELECT session.hash, session.created_at AS began_at, session.seen_at, session.ends_at, account.*, grants.*,
    EXISTS (SELECT FROM second_factor WHERE account_id = account.id) AS second_factor
FROM session
LEFT JOIN account ON account.id = session.account_id,
LATERAL (
    SELECT array_agg(role ORDER BY copropiedad_id, role) AS roles,
        array_agg(copropiedad_id ORDER BY copropiedad_id, role) AS places
    FROM account_role WHERE account_role.account_id = session.account_id
) AS grants
WHERE session.hash = ANY ($1::bytea[])

-- enabled_sessions --
SELECT session.hash, session.account_id, session.created_at, session.seen_at, session.ends_at
FROM session LEFT JOIN account ON account.id = session.account_id
WHERE session.hash = ANY ($1::bytea[]) AND account.disabled_at IS NULL

-- see_session --
UPDATE session SET seen_at = $2 WHERE hash = $1 AND seen_at < $2

-- close_session --
DELETE FROM session WHERE hash = $1

-- sweep_sessions --
DELETE FROM session WHERE ends_at <= $1 OR seen_at <= $2

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
