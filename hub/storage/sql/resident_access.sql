What opens a resident's own page.

-- resident --
SELECT person.id AS person, person.name, person.contact_points
FROM message JOIN person ON person.id = message.person AND NOT person.removed
WHERE message.id = $1 AND message.purpose <> 'internal'

-- one_at_a_time --
-- Of one person: two that ask at once must not both find the last code of the day free.
SELECT pg_advisory_xact_lock(hashtextextended('resident_code:' || $1, 0))

-- forget_codes --
DELETE FROM resident_code WHERE created_at < $1

-- add_code --
INSERT INTO resident_code (hash, person, digest, shown, created_at, ends_at)
SELECT $1::bytea, $2::text, $3::text, $4::text, $5::timestamptz, $6::timestamptz
-- A code that was entered does not count: that was the person.
WHERE (
    SELECT count(*) FROM resident_code WHERE person = $2 AND created_at >= $7 AND ends_at > created_at
) < $8
RETURNING hash

-- code --
SELECT * FROM resident_code WHERE hash = $1

-- try_code --
UPDATE resident_code SET tries = tries + 1 WHERE hash = $1 AND tries < $2 AND ends_at > $3 RETURNING *

-- use_code --
-- It ends where it began: so it opens nothing again, and counts no longer as one of the day.
UPDATE resident_code SET ends_at = created_at WHERE hash = $1 AND ends_at > created_at RETURNING hash

-- forget_sessions --
DELETE FROM resident_session WHERE ends_at < $1

-- add_session --
INSERT INTO resident_session (hash, person, created_at, ends_at) VALUES ($1, $2, $3, $4)

-- session --
SELECT * FROM resident_session WHERE hash = $1

-- end_session --
DELETE FROM resident_session WHERE hash = $1
