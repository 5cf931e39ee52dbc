Surveys as operators look at them.

-- surveys --
-- By the index event_survey, which has these types and no others: they stand here and in no parameter.
SELECT * FROM (
    SELECT event.key AS id, event.time AS asked_at, event.case_key AS case, event.data ->> 'kind' AS kind,
           event.data ->> 'service_area' AS service_area, event.copropiedad_id, copropiedad.name AS copropiedad,
           sent.person, sent.message_id, answer.time AS answered_at, answer.score, answer.comment, closing.at AS closes_at,
           CASE
               WHEN answer.time IS NOT NULL THEN 'answered'
               WHEN sent.state IS NULL OR sent.state IN ('suppressed', 'failed', 'cancelled', 'bounced', 'expired') THEN 'not_sent'
               WHEN closing.at <= now() THEN 'expired'
               ELSE 'open'
           END AS state
    FROM event
    LEFT JOIN copropiedad ON copropiedad.id = event.copropiedad_id
    LEFT JOIN LATERAL (
        SELECT message.id AS message_id, message.person, message.state FROM message
        WHERE message.event_key = event.key
          AND message.id BETWEEN moment_start(event.key) AND moment_end(event.key)
        ORDER BY message.state IN ('sent', 'waiting', 'delivered', 'read', 'queued', 'held', 'retrying', 'sending') DESC, message.id
        LIMIT 1
    ) AS sent ON true
    CROSS JOIN LATERAL (
        SELECT coalesce((event.data ->> 'expires_at')::timestamptz, event.time + $6::interval) AS at
    ) AS closing
    LEFT JOIN LATERAL (
        SELECT given.time, (given.data ->> 'score')::numeric::int AS score, given.data ->> 'comment' AS comment
        FROM event AS given
        WHERE given.case_key = event.case_key AND given.type = 'co.coproservicios.survey.answered.v1'
          AND given.key >= moment_start(event.key)
        ORDER BY given.time DESC, given.id DESC
        LIMIT 1
    ) AS answer ON true
    WHERE event.type = 'co.coproservicios.survey.requested.v1' AND event.time >= $4 AND event.time < $5
      AND (event.time, event.key) < ($1, $2)
      AND ($7::text[] IS NULL OR event.copropiedad_id = ANY ($7))
      AND ($8::text IS NULL OR event.data ->> 'kind' = $8)
      AND ($9::text IS NULL OR event.data ->> 'service_area' = $9)
) AS survey
WHERE ($10::text IS NULL OR state = $10 OR ($10 = 'sent' AND state <> 'not_sent'))
  AND ($11::int IS NULL OR score >= $11) AND ($12::int IS NULL OR score <= $12)
ORDER BY asked_at DESC, id DESC
LIMIT $3

-- calls --
SELECT id, case_key AS case, state, due_at, copropiedad_id FROM clock
WHERE state IN ('open', 'at_risk', 'breached') AND ended_at IS NULL AND name = 'callback'
  AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))
ORDER BY due_at, id
LIMIT $1

-- newest_answer --
SELECT time, key FROM event
WHERE type = 'co.coproservicios.survey.answered.v1'
ORDER BY time DESC, key DESC
LIMIT 1
