Evidence of what was said.

-- keep_version --
INSERT INTO template_version (digest, sources) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- messages --
SELECT message.*, event.time AS event_time, event.source, event.data
FROM message
CROSS JOIN LATERAL (
    SELECT * FROM event
    WHERE event.key = message.event_key AND event.key BETWEEN moment_start(message.id) AND moment_end(message.id)
    OFFSET 0
) AS event
WHERE message.id = ANY ($1::uuid[]) AND message.id BETWEEN $2 AND $3

-- calls --
SELECT * FROM attempt WHERE message_id = ANY ($1::uuid[]) AND message_id BETWEEN $2 AND $3 ORDER BY at

-- versions --
SELECT digest, sources FROM template_version WHERE digest = ANY ($1::bytea[])

-- version_digests --
SELECT digest FROM template_version ORDER BY used_at, digest

-- horizon --
-- The transaction's own id, not the snapshot's xmax: that is the last one that is over, and others run above it.
SELECT now() AS at, pg_current_xact_id()::text::bigint AS own,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest

-- one_at_a_time --
SELECT pg_try_advisory_xact_lock(hashtext('hub seals')) AS ours

-- last_before --
SELECT number, minute, count, root, previous, digest FROM seal WHERE minute < $1 ORDER BY minute DESC LIMIT 1

-- first_recorded --
-- OFFSET 0, here and below: by recorded_at alone, or the planner would read all months in the order of their keys.
SELECT min(recorded_at) AS at FROM (
    (SELECT recorded_at FROM attempt WHERE recorded_at >= $1 AND recorded_at < $2 OFFSET 0)
    UNION ALL
    (SELECT recorded_at FROM ending WHERE recorded_at >= $1 AND recorded_at < $2 OFFSET 0)
) AS found

-- recorded --
SELECT * FROM (
    (
        SELECT message_id, at, recorded_at, outcome, provider, reference, code,
               (extract(epoch FROM took) * 1000000)::bigint AS took, digest, version
        FROM attempt WHERE recorded_at >= $2 AND recorded_at < $1
        OFFSET 0
    )
    UNION ALL
    (
        SELECT message_id, recorded_at, recorded_at, state, '', NULL, coalesce(reason, ''), 0, NULL, NULL
        FROM ending WHERE recorded_at >= $2 AND recorded_at < $1
        OFFSET 0
    )
) AS found
WHERE (recorded_at, message_id, at) > ($2, $3, $4)
ORDER BY recorded_at, message_id, at
LIMIT $5

-- recorded_with_content --
SELECT * FROM (
    (
        SELECT message_id, at, recorded_at, outcome, provider, reference, code,
               (extract(epoch FROM took) * 1000000)::bigint AS took, digest, version, content
        FROM attempt WHERE recorded_at >= $2 AND recorded_at < $1
        OFFSET 0
    )
    UNION ALL
    (
        SELECT message_id, recorded_at, recorded_at, state, '', NULL, coalesce(reason, ''), 0, NULL, NULL, NULL
        FROM ending WHERE recorded_at >= $2 AND recorded_at < $1
        OFFSET 0
    )
) AS found
WHERE (recorded_at, message_id, at) > ($2, $3, $4)
ORDER BY recorded_at, message_id, at
LIMIT $5

-- find_rows --
SELECT message_id, at, recorded_at, outcome, provider, reference, code,
           (extract(epoch FROM took) * 1000000)::bigint AS took, digest, version
FROM attempt
WHERE (message_id, at) IN (SELECT * FROM unnest($1::uuid[], $2::timestamptz[])) AND message_id BETWEEN $3 AND $4
UNION ALL
SELECT message_id, recorded_at, recorded_at, state, '', NULL, coalesce(reason, ''), 0, NULL, NULL
FROM ending
WHERE (message_id, recorded_at) IN (SELECT * FROM unnest($1::uuid[], $2::timestamptz[]))
  AND message_id BETWEEN $3 AND $4

-- unrecorded --
-- Since the first seal each row states when it was recorded: the table's default says it.
SELECT message_id, at FROM attempt
WHERE recorded_at IS NULL AND at >= (SELECT min(minute) FROM seal) AND at >= $1 AND at < $2
ORDER BY at, message_id
LIMIT $3

-- states --
-- A page of messages, each with what was recorded of it: an index look-up each in attempts and endings.
-- The bytes of a legal message may be gone with the data of the person: then name, address and facts are gone too.
SELECT page.id AS message_id, page.state, page.reason, page.created_at,
       calls.recorded IS TRUE OR ends.rows IS NOT NULL AS recorded, calls.accepted IS TRUE AS accepted,
       coalesce(calls.rows, '{}') || coalesce(ends.rows, '{}') AS rows, coalesce(calls.unkept, '{}') AS unkept,
       page.name = '' AND page.address IN ('', page.person) AND NOT coalesce(calls.has_facts, false) AS erased
FROM (
    SELECT id, state, reason, created_at, purpose, name, address, person FROM message
    WHERE id > $1 AND id < $2
    ORDER BY id
    LIMIT $3
) AS page
CROSS JOIN LATERAL (
    SELECT array_agg(ARRAY[outcome, code]) AS rows, bool_or(outcome = 'accepted') AS accepted,
           bool_or(recorded_at IS NOT NULL) AS recorded, bool_or(facts IS NOT NULL) AS has_facts,
           array_agg(at ORDER BY at) FILTER (
               WHERE page.purpose = 'legal' AND outcome = 'accepted' AND digest IS NOT NULL AND content IS NULL
           ) AS unkept
    FROM attempt WHERE message_id = page.id
) AS calls
CROSS JOIN LATERAL (
    SELECT array_agg(ARRAY[state, coalesce(reason, '')]) AS rows FROM ending WHERE message_id = page.id
) AS ends
ORDER BY page.id

-- add_seal --
INSERT INTO seal (number, minute, count, root, previous, digest, leaves) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- seals --
SELECT number, minute, count, root, previous, digest, leaves FROM seal WHERE number > $1 ORDER BY number LIMIT $2

-- count_seals --
SELECT count(*) AS n FROM seal WHERE minute >= $1 AND minute < $2

-- keep_stamp --
INSERT INTO seal_stamp (number, reply) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- stamps --
SELECT number, reply FROM seal_stamp WHERE number BETWEEN $1 AND $2 ORDER BY number

-- release --
-- Who released the words of an event, with what they saw.
SELECT approval.at, approval.by, approval.shown, approval.shown_sha256
FROM communication_part AS part JOIN approval ON approval.plan = part.plan
WHERE part.event_key = $1 AND verdict = 'released'
ORDER BY approval.at DESC LIMIT 1
