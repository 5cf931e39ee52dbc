API keys, and the audit log.

-- keys --
SELECT * FROM api_key ORDER BY created_at DESC, id DESC

-- live --
SELECT * FROM api_key
WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
ORDER BY created_at DESC, id DESC

-- senders --
-- Always a row, without a key where none is live. Ended keys count for what has ever been bound.
SELECT live.*, ever.*
FROM (
    SELECT coalesce(bool_or(amqp_user IS NOT NULL), false) AS ever_bound,
           coalesce(bool_or(source IS NOT NULL), false) AS ever_sourced
    FROM api_key
) AS ever
LEFT JOIN api_key AS live ON revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
ORDER BY created_at DESC, id DESC

-- lock --
SELECT pg_advisory_xact_lock(hashtext('hub keys'), hashtext($1))

-- add --
INSERT INTO api_key (
    id, created_at, expires_at, name, prefix, hash, scopes, source, event_types, amqp_user, created_by, cases_of
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
WHERE NOT EXISTS (
    SELECT FROM api_key
    WHERE name = $4 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
)
RETURNING id

-- rotate --
-- One statement: the new key and the end of the old key must be stored together or not at all.
WITH old AS (
    UPDATE api_key SET expires_at = least(expires_at, $13)
    WHERE name = $4 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
    RETURNING id
)
INSERT INTO api_key (
    id, created_at, expires_at, name, prefix, hash, scopes, source, event_types, amqp_user, created_by, cases_of
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
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
INSERT INTO audit (id, at, who, action, subject, detail, person, address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- contacts_seen --
SELECT detail ->> 'kind' AS kind, max(at) AS at FROM audit
WHERE person = $1 AND at > $2 AND who = $3 AND action = 'person.contact'
GROUP BY 1

-- notes --
SELECT id, at, who, action, subject, person, detail, address FROM audit
WHERE (at, id) < ($1, $2) AND {narrowed}
ORDER BY at DESC, id DESC
LIMIT $3

-- notes_of --
-- Looks at a person's data and changes of it: the audit notes, and the `directory.*` events about the person.
SELECT * FROM (
    (
        SELECT id, at, who, action, subject, person, detail, address FROM audit
        WHERE person = $4 AND (at, id) < ($1, $2) AND {narrowed}
        ORDER BY at DESC, id DESC
        LIMIT $3
    )
    UNION ALL
    SELECT md5(version.kind || ' ' || version.id || ' ' || version.version)::uuid, version.received_at,
           coalesce(version.source, 'event'), 'directory.' || CASE WHEN version.removed THEN 'removed' ELSE 'upserted' END,
           version.kind || ':' || version.id, $4, jsonb_build_object('version', version.version), NULL
    FROM (
        SELECT 'person' AS kind, $4::text AS id
        UNION
        SELECT kind, id FROM directory_version WHERE kind = 'membership' AND data ->> 'person_id' = $4
    ) AS entry
    CROSS JOIN LATERAL (
        SELECT kind, id, version, received_at, removed, source FROM directory_version
        WHERE directory_version.kind = entry.kind AND directory_version.id = entry.id
    ) AS version
) AS known
WHERE (at, id) < ($1, $2) AND {narrowed}
ORDER BY at DESC, id DESC
LIMIT $3
