What mail servers report about our mails.

-- sent --
-- With the last time at which a server accepted it.
SELECT message.*, (
    SELECT max(at) FROM attempt WHERE message_id = message.id AND outcome = 'accepted'
) AS accepted_at
FROM message
WHERE id = $1 AND channel = 'email' AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))

-- doubt --
-- Once: a repeated report does not prolong the time for an answer. When the time is over, the timers take the mail
-- for lost, as one whose receipt has not come (`unconfirmed` in messages.sql).
UPDATE message SET next_at = $2, reason = $3, updated_at = now()
WHERE id = $1 AND state = 'sent' AND (reason IS NULL OR NOT starts_with(reason, $4))
RETURNING id
