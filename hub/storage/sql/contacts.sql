What operators see and mend of contact points. The id of a row without one is made from its key.

-- replies --
SELECT id, received_at, at, kind, channel, address, person, case_key AS case, thread, message_id, revokes,
       acknowledge, published_at
FROM reply
WHERE (received_at, id) < ($1, $2) AND kind = coalesce($4, kind)
ORDER BY received_at DESC, id DESC
LIMIT $3

-- reply --
SELECT id, received_at, at, kind, channel, address, person, case_key AS case, thread, message_id, revokes,
       acknowledge, published_at, provider, reference, subject, text
FROM reply WHERE id = $1

-- suppressions --
SELECT * FROM (
    SELECT md5(address || ' ' || channel)::uuid AS id, since, address, channel, reason, provider, code,
           message_id, expires_at, lifted_at, lifted_by
    FROM suppression WHERE since <= $1
) AS named
WHERE (since, id) < ($1, $2)
ORDER BY since DESC, id DESC
LIMIT $3

-- suppress --
INSERT INTO suppression (address, channel, since, expires_at, reason, provider, code)
VALUES ($1, $2, now(), $3, $4, '', $5)
ON CONFLICT (address, channel) DO UPDATE
SET since = excluded.since, expires_at = excluded.expires_at, reason = excluded.reason, provider = '',
    code = excluded.code, message_id = NULL, lifted_at = NULL, lifted_by = NULL

-- lift_suppression --
UPDATE suppression SET lifted_at = now(), lifted_by = $2
WHERE lifted_at IS NULL AND (address IN ($1, lower($1)) OR md5(address || ' ' || channel)::uuid::text = $1)
RETURNING channel

-- opt_outs --
SELECT * FROM (
    SELECT md5(address || ' ' || purpose)::uuid AS id, since, address, purpose, person, reason, reply_id,
           lifted_at, lifted_by
    FROM opt_out WHERE since <= $1
) AS named
WHERE (since, id) < ($1, $2)
ORDER BY since DESC, id DESC
LIMIT $3

-- lift_opt_out --
UPDATE opt_out SET lifted_at = now(), lifted_by = $2
WHERE lifted_at IS NULL AND (address IN ($1, lower($1)) OR md5(address || ' ' || purpose)::uuid::text = $1)
RETURNING purpose
