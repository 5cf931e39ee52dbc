Suppressed contact points and opt-outs as staff sees and changes them. Neither has an id: one is made from its key.

-- suppressions --
-- The id of a row is salted with what no other database has: a digest of a number alone is guessed in a second.
SELECT * FROM (
    SELECT md5((SELECT address_mark('')) || address || ' ' || channel)::uuid AS id, since, address, channel, reason, provider, code,
           message_id, expires_at, lifted_at, lifted_by
    FROM suppression WHERE since <= $1
) AS named
WHERE (since, id) < ($1, $2)
  AND ($4::text[] IS NULL OR EXISTS (
      SELECT FROM message WHERE message.id = named.message_id AND copropiedad_id = ANY ($4)
  ))
ORDER BY since DESC, id DESC
LIMIT $3

-- suppression --
SELECT md5((SELECT address_mark('')) || address || ' ' || channel)::uuid AS id, since, address, channel, reason, provider, code,
       message_id, expires_at, lifted_at, lifted_by,
       (SELECT message.person FROM message WHERE message.id = suppression.message_id) AS person
FROM suppression
WHERE md5((SELECT address_mark('')) || address || ' ' || channel)::uuid = $1
  AND ($2::text[] IS NULL OR EXISTS (
      SELECT FROM message WHERE message.id = suppression.message_id AND copropiedad_id = ANY ($2)
  ))

-- suppress --
INSERT INTO suppression (address, channel, since, expires_at, reason, provider, code)
VALUES ($1, $2, now(), $3, $4, '', $5)
ON CONFLICT (address, channel) DO UPDATE
SET since = excluded.since, expires_at = excluded.expires_at, reason = excluded.reason, provider = '',
    code = excluded.code, message_id = NULL, lifted_at = NULL, lifted_by = NULL

-- lift_suppression --
-- The mark of an address, too: an erased person who comes back asks to be written to again. From then on events with
-- that address are not erased any more.
WITH lifted AS (
    UPDATE suppression SET lifted_at = now(), lifted_by = $2
    WHERE lifted_at IS NULL
      AND (address IN ($1, lower($1), address_mark($1)) OR md5((SELECT address_mark('')) || address || ' ' || channel)::uuid::text = $1)
      AND ($3::text[] IS NULL OR EXISTS (
          SELECT FROM message WHERE message.id = suppression.message_id AND copropiedad_id = ANY ($3)
      ))
    RETURNING address, channel
), returned AS (
    UPDATE erasure SET marks = ARRAY (SELECT unnest(marks) EXCEPT SELECT address FROM lifted)
    WHERE finished_at IS NOT NULL AND marks && ARRAY (SELECT address FROM lifted)
)
SELECT channel FROM lifted

-- opt_outs --
SELECT * FROM (
    SELECT md5((SELECT address_mark('')) || address || ' ' || purpose)::uuid AS id, since, address, purpose, person, reason, reply_id,
           lifted_at, lifted_by
    FROM opt_out WHERE since <= $1
) AS named
WHERE (since, id) < ($1, $2)
ORDER BY since DESC, id DESC
LIMIT $3

-- lift_opt_out --
UPDATE opt_out SET lifted_at = now(), lifted_by = $2
WHERE lifted_at IS NULL AND (address IN ($1, lower($1)) OR md5((SELECT address_mark('')) || address || ' ' || purpose)::uuid::text = $1)
RETURNING purpose
