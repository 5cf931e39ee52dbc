Keys of systems, and the notes of who did what.

-- keys --
SELECT * FROM api_key ORDER BY created_at DESC, id DESC

-- live --
SELECT * FROM api_key
WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
ORDER BY created_at DESC, id DESC

-- add --
INSERT INTO api_key (
    id, created_at, expires_at, name, prefix, hash, scopes, source, event_types, amqp_user, created_by
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
WHERE NOT EXISTS (
    SELECT FROM api_key
    WHERE name = $4 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
)
RETURNING id

-- rotate --
-- One statement: a new key without an end of the old one, or the other way about, would surprise somebody.
WITH old AS (
    UPDATE api_key SET expires_at = least(expires_at, $12)
    WHERE name = $4 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
    RETURNING id
)
INSERT INTO api_key (
    id, created_at, expires_at, name, prefix, hash, scopes, source, event_types, amqp_user, created_by
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
WHERE EXISTS (SELECT FROM old)
RETURNING id

-- revoke --
UPDATE api_key SET revoked_at = now()
WHERE $1 IN (name, prefix) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
RETURNING id

-- used --
UPDATE api_key SET used_at = now()
WHERE prefix = $1 AND (used_at IS NULL OR used_at < now() - interval '1 minute')

-- add_note --
INSERT INTO audit (id, at, who, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)

-- notes --
SELECT id, at, who, action, subject, detail FROM audit
WHERE (at, id) < ($1, $2)
ORDER BY at DESC, id DESC
LIMIT $3
