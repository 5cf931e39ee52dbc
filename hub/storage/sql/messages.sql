Messages: intake adds them, delivery claims and records them, timers query them.

The ids of an event and of its messages begin with the same instant: both are in the same month. Each statement that
knows its ids names their range, as in `events`; where they come from a row, `moment_start` and `moment_end` do.

-- add --
-- A message belongs to the copropiedad of its event. The sources that are listened to are few, and read once.
INSERT INTO message ({columns}, copropiedad_id, listened)
SELECT given.*, event.copropiedad_id, coalesce(event.source = ANY (ARRAY (
    SELECT source FROM result_subscription WHERE disabled_at IS NULL
)), false)
FROM {given}
LEFT JOIN LATERAL (
    SELECT copropiedad_id, source FROM event WHERE event.key = given.event_key AND event.key BETWEEN {first} AND {last}
    OFFSET 0
) AS event ON true
ON CONFLICT DO NOTHING

-- end --
-- A sent message gets no next step and waits for no receipt. A message being sent keeps the lease of its worker.
UPDATE message
SET state = CASE WHEN state = ANY ($3::text[]) THEN 'cancelled' ELSE state END,
    reason = CASE WHEN state = ANY ($3::text[]) THEN 'ended' ELSE reason END,
    next_at = CASE WHEN state = 'sending' THEN next_at END,
    fallback = NULL, patience = NULL, updated_at = now()
FROM unnest($1::text[], $2::timestamptz[], $4::timestamptz[]) AS ended (case_key, at, over_at)
JOIN event ON event.case_key = ended.case_key AND event.time <= ended.at
WHERE message.event_key = event.key AND message.id BETWEEN moment_start(event.key) AND moment_end(event.key)
  AND {which}
  AND (message.state = ANY ($3::text[]) OR message.fallback IS NOT NULL)

-- queued --
SELECT message.* FROM unnest($1::uuid[]) AS given (key)
CROSS JOIN LATERAL (
    SELECT * FROM message
    WHERE event_key = given.key
      AND id BETWEEN $2 AND $3 AND id BETWEEN moment_start(given.key) AND moment_end(given.key)
    OFFSET 0
) AS message
WHERE message.state = 'queued'
ORDER BY message.id

-- claim --
-- A lease that has ended is not claimed: only release_due ends it, and gives its holder time after an outage.
-- IS TRUE keeps the planner from the indexes of what is queued and due. After an ANALYZE with nothing queued it takes
-- them for empty; behind a long queue, or under an open snapshot, each claim would read all of them.
WITH taken AS (
    SELECT id FROM message
    WHERE id = ANY ($1::uuid[]) AND id BETWEEN $4 AND $5
      AND (
          state = 'queued'
          OR (state IN ('held', 'retrying') AND next_at <= now())
          -- Our own claim, whose answer was lost.
          OR (state = 'sending' AND lease = $2)
      ) IS TRUE
    FOR UPDATE SKIP LOCKED
), message AS (
    UPDATE message
    SET state = 'sending', lease = $2, attempts = attempts + (lease IS DISTINCT FROM $2)::integer,
        next_at = now() + $3::interval, updated_at = now()
    WHERE id = ANY (ARRAY (SELECT id FROM taken)) AND id BETWEEN $4 AND $5
    RETURNING *
)
SELECT message.*, event.time AS event_time, event.source, event.data,
          copropiedad.name AS building, copropiedad.brand, unit.label AS unit, unit.tower,
          CASE WHEN message.attempts > 1 THEN (
              SELECT provider FROM attempt
              WHERE message_id = message.id AND message_id BETWEEN $4 AND $5 AND outcome = 'unknown'
              ORDER BY at DESC LIMIT 1
          ) END AS unsure_of,
          -- Contact facts for the rules (hub.contact_rules.verdict): they are read at each claim, because all of
          -- them may have changed since planning.
          CASE WHEN message.rests THEN (
              SELECT weeks FROM own_hours WHERE own_hours.person_id = message.person
          ) END AS weeks,
          -- Only for texts that name such an instant: they promise the instant that the clock holds when they
          -- leave.
          CASE WHEN message.event = ANY ($6::text[]) THEN (
              SELECT jsonb_object_agg(clock.name, clock.due_at) FROM clock
              WHERE clock.case_key = event.case_key AND clock.ended_at IS NULL
                AND jsonb_typeof(clock.course -> 'pauses' -> -1 -> 'until') IS DISTINCT FROM 'null'
          ) END AS due,
          -- Only for texts that name whose case it is, to staff: the event may have a reference alone.
          CASE WHEN message.event = ANY ($8::text[]) AND message.purpose = 'internal' AND NOT event.data ? 'person_name'
          THEN coalesce(
              (
                  SELECT name FROM person
                  WHERE NOT removed AND id = coalesce(
                      event.data #>> '{petitioner,ref}', event.data #>> '{requester,ref}', event.data #>> '{data_subject,ref}',
                      event.data ->> 'subject_id', event.data ->> 'person_id'
                  )
              ),
              event.data #>> '{petitioner,name}', event.data #>> '{requester,name}', event.data #>> '{data_subject,name}'
          ) END AS party,
          -- Only for steps of promises: whether the person has been told of a later step, or is about to be.
          message.event = ANY ($7::text[]) AND EXISTS (
              SELECT FROM event AS newer
              JOIN message AS later ON later.event_key = newer.key
               AND later.id BETWEEN moment_start(newer.key) AND moment_end(newer.key)
              WHERE newer.case_key = event.case_key AND newer.time > event.time AND newer.key >= $4
                AND newer.data ->> 'clock_id' = event.data ->> 'clock_id'
                AND later.person = message.person AND later.channel = message.channel
                AND later.purpose = message.purpose AND later.event = ANY ($7::text[])
                AND later.state NOT IN ('failed', 'bounced', 'suppressed', 'expired', 'cancelled')
          ) AS overtaken,
          EXISTS (
              SELECT FROM recall WHERE recall.source = event.source AND recall.event_id = message.event_id
          ) AS recalled,
          suppression.provider AS gone_by, suppression.since AS gone_since, suppression.expires_at AS gone_until,
          suppression.reason AS gone_why,
          -- Tables of few people: most look-ups end in an empty index. Only for purposes that know wishes at sending.
          CASE WHEN message.purpose IN ('commercial', 'survey', 'collection', 'service') THEN (
              SELECT wishes FROM wish WHERE wish.person = message.person
          ) END AS wishes,
          (SELECT mark FROM marked WHERE marked.person = message.person) AS mark,
          -- Only for purposes that need consent: it costs lookups. No consent is judged here.
          CASE WHEN message.purpose IN ('commercial', 'survey', 'collection') THEN jsonb_build_object('opted_out', (
              SELECT reason FROM opt_out
              WHERE opt_out.address IN (message.address, lower(message.address))
                AND opt_out.purpose = message.purpose AND lifted_at IS NULL
              UNION ALL
              SELECT reason FROM opt_out
              WHERE opt_out.person = message.person AND opt_out.purpose = message.purpose AND lifted_at IS NULL
              LIMIT 1
          ), 'pays', CASE WHEN message.event = ANY ($9::text[]) THEN EXISTS (
              -- The payers now, as planning has looked them up: without a payer, the owners.
              SELECT FROM member
              WHERE member.scope_kind = 'unit' AND member.scope_id = event.unit_id AND member.id = message.person
                AND (member.role = 'payer' OR (member.role = 'owner' AND NOT EXISTS (
                    SELECT FROM member AS payer
                    WHERE payer.scope_kind = 'unit' AND payer.scope_id = event.unit_id AND payer.role = 'payer'
                )))
          ) END, 'statements', (
              -- The statements of a long ledger that count: the newest grant so far, and the first refusal since
              -- then for each set of channels.
              SELECT jsonb_agg(counting) FROM (
                  SELECT * FROM consent
                  WHERE consent.person = message.person AND purpose = message.purpose AND granted AND at <= now()
                  ORDER BY at DESC, id DESC LIMIT 1
              ) AS newest
              CROSS JOIN LATERAL (
                  SELECT newest.*
                  UNION ALL
                  SELECT refusal.* FROM (
                      SELECT DISTINCT ON (channels) * FROM consent
                      WHERE consent.person = message.person AND purpose = message.purpose AND NOT granted
                        AND at >= newest.at
                      ORDER BY channels, at, id
                  ) AS refusal
              ) AS counting
          )) END AS contact
FROM message
CROSS JOIN LATERAL (
    SELECT * FROM event WHERE event.key = message.event_key AND event.key BETWEEN $4 AND $5
    OFFSET 0
) AS event
LEFT JOIN copropiedad ON copropiedad.id = event.copropiedad_id
LEFT JOIN unit ON unit.id = event.unit_id
LEFT JOIN LATERAL (
    -- Only the mark of an erased person's address is kept: `address_mark`.
    SELECT * FROM suppression
    WHERE suppression.address IN (message.address, address_mark(message.address))
      AND suppression.channel = message.channel AND lifted_at IS NULL
    ORDER BY expires_at DESC NULLS LAST LIMIT 1
) AS suppression ON true

-- record --
-- The lease stays on the row, so that repeating the call returns the same result. A row that release_due has queued
-- still has the lease of its last holder: until somebody else claims it, the holder's answer counts.
WITH call AS (
    INSERT INTO attempt (message_id, at, outcome, provider, reference, code, took, digest, version, facts, content)
    SELECT * FROM unnest(
        $8::uuid[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::text[], $14::interval[],
        $15::bytea[], $16::bytea[], $17::jsonb[], $18::bytea[]
    )
    ON CONFLICT DO NOTHING
)
UPDATE message
SET (state, reason, next_at, expires_at, attempts, updated_at) = (
    SELECT ($3::text[])[place], ($4::text[])[place], ($5::timestamptz[])[place],
           coalesce(($6::timestamptz[])[place], message.expires_at),
           -- Waiting for the morning or for a connection does not count as an attempt.
           message.attempts - (message.state IN ('sending', 'queued') AND NOT ($7::bool[])[place])::integer,
           now()
    -- By its place in the arrays: a join would compare each message with each outcome.
    FROM (SELECT array_position($2::uuid[], message.id) AS place OFFSET 0) AS given
)
WHERE message.id = ANY ($2::uuid[]) AND message.id BETWEEN $19 AND $20
  AND message.lease = $1
  AND (message.state IN ('sending', 'queued') OR message.state = ($3::text[])[array_position($2::uuid[], message.id)])
RETURNING message.id

-- settle --
-- Returns the message also when nothing changes: a receipt out of order is not the provider's fault.
-- A failure of an earlier call does not fail the message when a later call is under way.
-- A late arrival cancels the later steps that have not been sent. Legal messages are an exception: staff has been
-- notified already, and the letter exists.
WITH accepted AS (
    SELECT reference FROM attempt
    WHERE message_id = $1 AND outcome = 'accepted' AND reference IS NOT NULL
    ORDER BY at DESC
    LIMIT 1
), moved AS (
    UPDATE message SET state = $2, reason = $3, next_at = NULL, updated_at = now()
    WHERE id = $1 AND state = ANY ($4::text[])
      AND NOT (
          $2 IN ('failed', 'bounced')
          AND CASE
              WHEN state = 'sending' THEN EXISTS (SELECT FROM attempt WHERE message_id = $1 AND reference = $8::text)
              ELSE EXISTS (SELECT FROM accepted WHERE reference <> $8::text)
                   -- The receipt names this call, or the call whose outcome is unknown.
                   AND EXISTS (
                       SELECT FROM attempt
                       WHERE message_id = $1 AND (reference = $8::text OR outcome = 'unknown')
                   )
          END
      )
    RETURNING id, event_key, person, audience, occasion, step
), stopped AS (
    UPDATE message AS later SET state = 'cancelled', reason = 'reached', next_at = NULL, updated_at = now()
    FROM moved
    WHERE $2 IN ('delivered', 'read')
      AND later.event_key = moved.event_key
      AND later.id BETWEEN moment_start($1) AND moment_end($1)
      AND later.person = moved.person
      AND later.audience = moved.audience
      AND later.occasion = moved.occasion
      AND later.step > moved.step
      AND later.state = ANY ($11::text[])
      AND later.purpose <> 'legal'
), ending AS (
    INSERT INTO attempt (message_id, at, outcome, provider, reference, code, took)
    SELECT id, $5::timestamptz, $6::text, $7::text, $8::text, $9::text, $10::interval FROM moved
    ON CONFLICT DO NOTHING
)
SELECT id FROM message WHERE id = $1

-- step_failed --
-- What lies unread in an inbox keeps a step alive only until its time is over.
SELECT given.id
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::text[], $6::smallint[])
    AS given (id, event_key, person, audience, occasion, step)
WHERE NOT EXISTS (
    SELECT FROM message
    WHERE message.event_key = given.event_key
      AND message.id BETWEEN $7 AND $8
      AND message.person = given.person
      AND message.audience = given.audience
      AND message.occasion = given.occasion
      AND message.step = given.step
      AND message.state NOT IN ('failed', 'bounced', 'suppressed', 'expired')
      AND NOT (message.state = 'waiting' AND message.next_at IS NULL)
    OFFSET 0
)

-- release --
-- Without its lease: recording an outcome again must not move it back.
WITH due AS (
    SELECT id, now() - next_at AS late FROM message
    WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3
      AND (state IN ('held', 'retrying') AND next_at <= now()) IS TRUE
    FOR UPDATE SKIP LOCKED
), released AS (
    UPDATE message
    SET state = 'queued', next_at = NULL, lease = NULL, ticketed_at = now(), sweeps = 0, updated_at = now()
    WHERE message.id = ANY (ARRAY (SELECT id FROM due)) AND message.id BETWEEN $2 AND $3
    RETURNING message.id, message.channel, message.lane
)
SELECT released.*, due.late FROM released JOIN due USING (id)

-- release_due --
-- A lease has ended when it did so by $4 before $3, the time at which the timers began this look: a statement that a
-- hanging server runs late ends no lease meanwhile. Its holder's token stays, as record needs it.
-- IS TRUE keeps the planner from the index of states, which under an open snapshot has all that was ever sending.
WITH due AS (
    -- A lease that ends is not late.
    SELECT id, CASE WHEN state <> 'sending' THEN now() - next_at END AS late FROM message
    WHERE next_at <= now() AND next_at > now() - $2::interval
      AND (state IN ('held', 'retrying', 'sending')) IS TRUE
      AND (state <> 'sending' OR next_at <= $3::timestamptz - $4::interval)
    ORDER BY next_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
)
UPDATE message
SET state = 'queued', next_at = NULL, lease = CASE WHEN message.state = 'sending' THEN lease END,
    ticketed_at = now(), sweeps = 0, updated_at = now()
FROM due WHERE message.id = due.id
RETURNING message.id, message.channel, message.lane, due.late

-- broken_cascades --
-- Every row of a step carries the same fallback. A failed row is settled for good when the next step exists, or
-- when another row of its step has not failed: that row continues the cascade if needed.
-- A legal message without a next step is settled when its alert has been sent (end_cascades).
WITH lost AS (
    SELECT * FROM message
    WHERE state IN ('failed', 'bounced', 'suppressed', 'expired')
      AND (fallback IS NOT NULL OR purpose = 'legal') AND NOT cascaded
    ORDER BY id
    LIMIT $1
    FOR UPDATE SKIP LOCKED
), settled AS (
    UPDATE message SET cascaded = true
    FROM lost
    WHERE message.id = lost.id
      AND EXISTS (
          SELECT FROM message AS other
          WHERE other.event_key = lost.event_key
            AND other.id BETWEEN moment_start(lost.id) AND moment_end(lost.id)
            AND other.person = lost.person
            AND other.occasion = lost.occasion
            AND (
                (
                    other.channel = lost.fallback #>> '{0,0,channel}'
                    AND other.contact_id = lost.fallback #>> '{0,0,contact_id}'
                )
                OR (
                    other.audience = lost.audience
                    AND other.step = lost.step
                    AND other.state NOT IN ('failed', 'bounced', 'suppressed', 'expired')
                    AND NOT (other.state = 'waiting' AND other.next_at IS NULL)
                )
            )
      )
    RETURNING message.id
)
SELECT * FROM lost WHERE id NOT IN (SELECT id FROM settled)

-- end_cascades --
UPDATE message SET cascaded = true WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3

-- unconfirmed --
-- A cascade advances when each message of the step has failed, or was accepted and its receipt is overdue. A message
-- that arrived, or was accepted on a channel without receipts, counts as received: the cascade stops waiting. One
-- that lies unread in an inbox never does.
-- IS TRUE as in release_due.
WITH due AS (
    SELECT * FROM message
    WHERE next_at <= now() AND next_at > now() - $3::interval AND (state IN ('sent', 'waiting')) IS TRUE
    ORDER BY next_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
), standing AS (
    SELECT due.id,
           bool_or(
               other.state IN ('delivered', 'read') OR (other.state = 'sent' AND other.next_at IS NULL)
           ) AS reached,
           bool_or(
               other.state NOT IN ('failed', 'bounced', 'suppressed', 'expired')
               AND NOT (other.state IN ('sent', 'waiting') AND other.next_at <= now())
               AND NOT (other.state = 'waiting' AND other.next_at IS NULL)
           ) AS pending
    FROM due
    JOIN message AS other
      ON other.event_key = due.event_key
         AND other.id BETWEEN moment_start(due.id) AND moment_end(due.id) AND other.person = due.person AND other.audience = due.audience
         AND other.occasion = due.occasion AND other.step = due.step
    GROUP BY due.id
), put_off AS (
    UPDATE message SET next_at = CASE WHEN NOT reached THEN now() + $2::interval END
    FROM standing
    WHERE message.id = standing.id AND (reached OR pending)
)
SELECT due.*, NOT reached AND NOT pending AS over FROM due JOIN standing ON standing.id = due.id

-- stop_waiting --
UPDATE message SET next_at = NULL
WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3 AND (state IN ('sent', 'waiting')) IS TRUE

-- sweep --
-- A queue is first in, first out: a queued message is lost if it was ticketed before one that has been claimed. A
-- quarter of the sweep age between them is no proof: tickets are published after their rows are committed. Nor is a row
-- that was swept: it may have been claimed by its first ticket. $5: nothing is ready in the queue; without a lease
-- either, all is lost. One probe per number of sweeps: a swept backlog is read again only at its next sweep age.
WITH working AS (
    SELECT coalesce(bool_or(next_at > now()), false) AS leased,
           max(ticketed_at) FILTER (WHERE sweeps = 0) - $3::interval / 4 AS claimed
    FROM message
    WHERE channel = $1 AND lane = $2 AND state = 'sending'
), turn AS (
    SELECT CASE WHEN leased OR NOT $5::boolean THEN claimed ELSE 'infinity' END AS passed FROM working
), stale AS (
    SELECT aged.id
    FROM turn
    CROSS JOIN generate_series(0, 16) AS times (sweeps)
    CROSS JOIN LATERAL (
        SELECT id FROM message
        WHERE channel = $1 AND lane = $2 AND state = 'queued' AND message.sweeps = times.sweeps
          AND ticketed_at < now() - $3::interval * 2 ^ times.sweeps AND ticketed_at < turn.passed
        ORDER BY ticketed_at
        LIMIT $4
        FOR UPDATE SKIP LOCKED
    ) AS aged
    LIMIT $4
)
UPDATE message SET ticketed_at = now(), sweeps = least(message.sweeps + 1, 16)
FROM stale WHERE message.id = stale.id
RETURNING message.id, message.channel, message.lane

-- waiting --
SELECT id, lane, next_at FROM message
WHERE state IN ('held', 'retrying') AND next_at IS NOT NULL AND id > $1
ORDER BY id LIMIT $2

-- call_off --
-- Cancels unsent messages that call staff to a closed case, and their next steps.
UPDATE message
SET state = CASE WHEN message.state = ANY ($3::text[]) THEN 'cancelled' ELSE message.state END,
    reason = CASE WHEN message.state = ANY ($3::text[]) THEN 'over' ELSE reason END,
    next_at = CASE WHEN message.state = 'sending' THEN next_at END,
    fallback = NULL, patience = NULL, updated_at = now()
FROM unnest($1::text[]) AS call (id)
JOIN event ON event.id = call.id AND event.source = $2 AND event.key >= $4
WHERE message.event_key = event.key AND message.id BETWEEN moment_start(event.key) AND moment_end(event.key)
  AND message.purpose IN ('internal', 'emergency')
  AND (message.state = ANY ($3::text[]) OR message.fallback IS NOT NULL)

-- called --
-- The staff to whom these clock events were addressed; an event without messages called nobody.
SELECT event.id AS event_id,
       coalesce(
           array_agg(DISTINCT person) FILTER (WHERE purpose IN ('internal', 'emergency') AND state <> 'suppressed'),
           '{}'
       ) AS people
FROM unnest($1::text[]) AS call (id)
CROSS JOIN LATERAL (
    SELECT id, key FROM event WHERE event.id = call.id AND event.source = $2 AND event.key >= $3
    OFFSET 0
) AS event
LEFT JOIN LATERAL (
    SELECT person, purpose, state FROM message
    WHERE message.event_key = event.key AND message.id BETWEEN moment_start(event.key) AND moment_end(event.key)
    OFFSET 0
) AS message ON true
GROUP BY event.id

-- departures --
-- Whether the messages of these events have left. A letter leaves when it is delivered; reminders do not count.
SELECT event.key,
       count(message.id) FILTER (
           WHERE message.state IN ('queued', 'sending', 'retrying', 'held')
              OR message.channel = 'print' AND message.state = 'sent'
       )::integer + (event.planned_at IS NULL)::integer AS pending,
       max(gone.at) AS last_at
FROM event
LEFT JOIN LATERAL (
    SELECT id, state, channel FROM message
    WHERE message.event_key = event.key AND message.id BETWEEN $2 AND $3 AND message.occasion NOT LIKE 'reminder:%'
    OFFSET 0
) AS message ON true
LEFT JOIN LATERAL (
    SELECT CASE WHEN message.channel = 'print' THEN max(attempt.at) ELSE min(attempt.at) END AS at
    FROM attempt
    WHERE attempt.message_id = message.id AND attempt.message_id BETWEEN $2 AND $3
      AND (attempt.outcome IN ('delivered', 'read') OR message.channel <> 'print' AND attempt.outcome = 'sent')
) AS gone ON true
WHERE event.key = ANY ($1::uuid[]) AND event.key BETWEEN $2 AND $3
GROUP BY event.key
