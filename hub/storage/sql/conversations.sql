Conversations: the last words of a person, the numbers from which WhatsApp has come of late.

-- last_words --
SELECT DISTINCT ON (reply.channel) reply.id, reply.channel, reply.address, reply.reference, reply.at, reply.thread,
       reply.subject, reply.person, answered.copropiedad_id AS copropiedad,
       (SELECT name FROM person WHERE person.id = reply.person AND NOT removed) AS name
FROM reply
LEFT JOIN LATERAL (SELECT copropiedad_id FROM message WHERE message.id = reply.message_id OFFSET 0) AS answered ON true
WHERE reply.thread = ANY ($1::text[]) AND reply.kind NOT IN ('automatic', 'complaint')
  AND ($2::text[] IS NULL OR $3 OR answered.copropiedad_id = ANY ($2))
ORDER BY reply.channel, reply.at DESC, reply.id DESC

-- whatsapp_at --
-- By the index of what was received: a day of replies.
SELECT max(at) AS at FROM reply
WHERE received_at > now() - interval '25 hours' AND channel = 'whatsapp' AND (
    address = ANY ($1::text[]) OR address IN (
        SELECT point ->> 'value' FROM person, jsonb_array_elements(contact_points) AS point
        WHERE person.id = $2 AND NOT removed AND point ->> 'kind' = 'phone'
    )
)
