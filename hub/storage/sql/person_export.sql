What the hub holds of a person, to hand it over.

-- versions --
SELECT version, since, source, data FROM directory_version
WHERE kind = 'person' AND id = $1 AND NOT removed AND data <> '{}'
ORDER BY version

-- roles --
SELECT id, data ->> 'role' AS role, data ->> 'scope' AS scope, since, until, removed FROM directory_version
WHERE kind = 'membership' AND data ->> 'person_id' = $1 AND data ? 'role'
ORDER BY since, id, version

-- cases --
-- Also those in which a stranger's reference ($2) was written to until $3: what their parties say is judged outside.
SELECT party.case_key AS case, party.who, party.recipients, position('"' || $1 || '"' IN party.recipients::text) > 0 AS is_named,
       clock.context ->> 'radicado' AS radicado, clock.context ->> 'subject' AS subject,
       clock.id AS clock, clock.name, clock.state, clock.started_at, clock.due_at, clock.ended_at
FROM party LEFT JOIN clock ON clock.case_key = party.case_key AND clock.promise ->> 'follow_up' IS NULL
WHERE position('"' || $1 || '"' IN party.recipients::text) > 0 OR party.case_key = ANY (ARRAY (
    SELECT event.case_key FROM message CROSS JOIN LATERAL (
        SELECT case_key FROM event WHERE event.key = message.event_key OFFSET 0
    ) AS event
    WHERE message.person = ANY ($2::text[]) AND message.person <> $1 AND event.case_key IS NOT NULL
      AND EXISTS (
          SELECT FROM unnest($2, $3::timestamptz[]) AS own (ref, until)
          WHERE own.ref = message.person AND message.created_at < own.until
      )
))
ORDER BY party.since, party.case_key, party.who, clock.started_at, clock.name

-- surveys --
-- By the index of the surveys' events.
SELECT time AS at, data FROM event
WHERE type = 'co.coproservicios.survey.answered.v1' AND data ->> 'person_id' = $1
ORDER BY time

-- preferences --
SELECT * FROM preference WHERE person = $1 ORDER BY version

-- openings --
SELECT created_at AS at, ends_at, shown FROM resident_code WHERE person = $1
UNION ALL
SELECT created_at, ends_at, NULL FROM resident_session WHERE person = $1
ORDER BY 1

-- counted --
SELECT day, channel FROM contact_slot WHERE person = $1 AND spent ORDER BY day, channel

-- contacts --
SELECT message.id AS message_id, attempt.at, message.event, message.purpose, message.channel, attempt.provider,
       attempt.outcome, (attempt.facts #>> '{exclusion,list_date}')::date AS register
FROM message JOIN attempt ON attempt.message_id = message.id
WHERE message.person = ANY ($1::text[]) AND message.purpose = ANY ($3::text[])
  AND EXISTS (
      SELECT FROM unnest($1, $2::timestamptz[]) AS own (ref, until)
      WHERE own.ref = message.person AND message.created_at < own.until
  )
  AND attempt.outcome IN ('accepted', 'unknown')
ORDER BY attempt.at, message.id

-- suppressions --
SELECT suppression.address, channel, reason, since, expires_at, lifted_at
FROM unnest($1::text[], $2::timestamptz[]) AS own (address, until)
JOIN suppression ON lower(suppression.address) = own.address AND since < own.until
ORDER BY since, suppression.address, channel

-- opt_outs --
-- Of an address, and of nobody by reference: those of the person are in the ledger.
SELECT purpose, since AS at, reason AS method FROM unnest($1::text[], $2::timestamptz[]) AS own (address, until)
JOIN opt_out ON lower(opt_out.address) = own.address AND since < own.until
WHERE lifted_at IS NULL AND (person IS NULL OR starts_with(person, 'inline:'))
ORDER BY since, purpose
