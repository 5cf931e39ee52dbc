Suppressed contact points, and opt-outs.

-- add --
-- A repeated suppression starts again, also after it was lifted, or after it expired and a new send failed. An unproven
-- one has an end. It changes nothing of one that stands, but where that one is unproven, too, or has ended: a report
-- about another message then confirms it, and it lasts as the policy says.
INSERT INTO suppression (address, channel, since, message_id, reason, provider, code, expires_at)
SELECT DISTINCT ON (message.address, message.channel)
       message.address, message.channel, given.at, message.id, given.reason, given.provider, given.code, given.until
FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
    AS given (id, at, reason, provider, code, until)
JOIN message
  ON message.id = given.id AND message.id = ANY ($1::uuid[]) AND message.id BETWEEN $7 AND $8
WHERE message.address <> ''
ORDER BY message.address, message.channel, given.at DESC
ON CONFLICT (address, channel) DO UPDATE
SET since = excluded.since, message_id = excluded.message_id, reason = excluded.reason,
    provider = excluded.provider, code = excluded.code, lifted_at = NULL, lifted_by = NULL,
    expires_at = CASE
        WHEN suppression.lifted_at IS NOT NULL OR suppression.provider = ''
          OR suppression.message_id = excluded.message_id THEN excluded.expires_at
    END
WHERE excluded.expires_at IS NULL OR suppression.lifted_at IS NOT NULL OR suppression.expires_at <= excluded.since
   OR suppression.provider <> '' AND suppression.message_id <> excluded.message_id AND (
       suppression.expires_at IS NOT NULL
       -- A message that left since then was allowed to: what a provider has said has ended as well.
       OR suppression.since + (excluded.expires_at - excluded.since) <= excluded.since
   )

-- every --
SELECT address, channel, since, expires_at, now() AS at FROM suppression WHERE lifted_at IS NULL
