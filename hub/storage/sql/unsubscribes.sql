Refusals that come by a mail's own link.

-- recipient --
-- Refused: the address, and the person by every channel. Several people may share a mailbox; each has a ledger.
SELECT person, EXISTS (
    SELECT FROM opt_out
    WHERE opt_out.address = lower(message.address) AND opt_out.purpose = message.purpose AND lifted_at IS NULL
) AND coalesce((
    SELECT NOT granted AND channels = '{}' FROM consent
    WHERE consent.person = message.person AND consent.purpose = message.purpose
    ORDER BY at DESC, granted LIMIT 1
), false) AS refused
FROM message WHERE id = $1 AND purpose = $2 AND channel = 'email'

-- refuse --
-- A refusal that stands keeps its instant, unless it was of an address alone.
INSERT INTO opt_out (address, purpose, since, person, reason)
SELECT lower(address), purpose, $3, person, 'opted_out' FROM message
WHERE id = $1 AND purpose = $2 AND channel = 'email'
ON CONFLICT (address, purpose) DO UPDATE
SET since = excluded.since, reply_id = NULL, person = excluded.person, reason = excluded.reason, lifted_at = NULL,
    lifted_by = NULL
WHERE opt_out.lifted_at IS NOT NULL OR opt_out.person IS NULL
