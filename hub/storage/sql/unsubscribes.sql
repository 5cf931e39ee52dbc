Refusals that come by a mail's own link.

-- recipient --
SELECT person, EXISTS (
    SELECT FROM opt_out
    WHERE opt_out.address = lower(message.address) AND opt_out.purpose = message.purpose AND lifted_at IS NULL
) AS refused
FROM message WHERE id = $1 AND purpose = $2 AND channel = 'email'

-- refuse --
-- Of the address alone, so that other channels stay. A refusal that stands keeps its instant.
WITH mail AS (
    SELECT lower(address) AS address, purpose, person FROM message
    WHERE id = $1 AND purpose = $2 AND channel = 'email'
), refused AS (
    INSERT INTO opt_out (address, purpose, since, person, reason)
    SELECT address, purpose, $3, NULL, 'opted_out' FROM mail
    ON CONFLICT (address, purpose) DO UPDATE
    SET since = excluded.since, reply_id = NULL, reason = excluded.reason, lifted_at = NULL, lifted_by = NULL
    WHERE opt_out.lifted_at IS NOT NULL
    RETURNING 1
)
SELECT person FROM mail WHERE EXISTS (SELECT FROM refused)
