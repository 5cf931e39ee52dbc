Suppressed contact points, and opt-outs.

-- add --
-- A repeated suppression starts again, also after it was lifted, or after it expired and a new send failed.
INSERT INTO suppression (address, channel, since, message_id, reason, provider, code)
SELECT DISTINCT ON (message.address, message.channel)
       message.address, message.channel, given.at, message.id, given.reason, given.provider, given.code
FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
    AS given (id, at, reason, provider, code)
JOIN message
  ON message.id = given.id AND message.id = ANY ($1::uuid[]) AND message.id BETWEEN $6 AND $7
WHERE message.address <> ''
ORDER BY message.address, message.channel, given.at DESC
ON CONFLICT (address, channel) DO UPDATE
SET since = excluded.since, message_id = excluded.message_id, reason = excluded.reason,
    provider = excluded.provider, code = excluded.code, expires_at = NULL, lifted_at = NULL, lifted_by = NULL

-- every --
SELECT address, channel, since, expires_at, now() AS at FROM suppression WHERE lifted_at IS NULL
