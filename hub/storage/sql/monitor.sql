Queries of the monitor. All ages use the database's clock.

-- clock --
SELECT clock_timestamp() AS now

-- beat --
INSERT INTO heartbeat (process, subject, at, state)
SELECT $1, subject, now(), state FROM unnest($2::text[], $3::text[]) AS given (subject, state)
ON CONFLICT (process, subject) DO UPDATE SET at = excluded.at, state = excluded.state

-- forget --
-- Removes processes that have ended; all audits share one row.
DELETE FROM heartbeat
WHERE (subject LIKE ANY (ARRAY['circuit:%', 'gap:%', 'excess:%', 'role:%', 'stop:%']) OR subject IN ('clock', 'codes:unknown')) AND at < now() - interval '1 hour'

-- open_circuits --
SELECT DISTINCT substr(subject, 9) AS place FROM heartbeat
WHERE subject LIKE 'circuit:%' AND state <> 'closed' AND at > now() - $1::interval
ORDER BY place

-- gaps --
SELECT DISTINCT state FROM heartbeat WHERE subject LIKE 'gap:%' AND at > now() - $1::interval ORDER BY state

-- excess --
SELECT subject, sum(state::bigint)::bigint AS events FROM heartbeat
WHERE subject LIKE 'excess:%' AND at > now() - $1::interval
GROUP BY subject
ORDER BY subject

-- clock_offsets --
-- The greatest of each host: its processes have one clock, unless one of them has just seen it change.
SELECT split_part(process, ':', 1) AS host, max(abs(state::float8)) * interval '1 second' AS "offset" FROM heartbeat
WHERE subject = 'clock' AND at > now() - $1::interval
GROUP BY host
ORDER BY host

-- audit_age --
SELECT now() - max(at) AS age FROM heartbeat WHERE subject = 'audit'

-- planned_stops --
-- CASE: only the state of a stop is an interval.
SELECT role, EXISTS (
    SELECT FROM heartbeat
    WHERE subject = CASE role WHEN 'timers' THEN 'audit' ELSE 'role:' || role END AND at > stop.since
) AS back
FROM (
    SELECT substr(subject, 6) AS role, max(at) AS since FROM heartbeat
    WHERE CASE WHEN subject LIKE 'stop:%' THEN at > now() - state::interval ELSE false END
    GROUP BY subject
) AS stop

-- oldest_waiting --
-- One probe per queue and number of sweeps: a sweep renews `ticketed_at`, so the first row of a class is the
-- oldest. Due messages that are not queued yet are a backlog only when no timer runs: the first 1,000 show it.
-- IS TRUE as in release_due.
WITH waiting AS (
    SELECT queue.channel, queue.lane, oldest.updated_at AS since
    FROM unnest($1::text[], $2::text[]) AS queue (channel, lane)
    CROSS JOIN generate_series(0, 16) AS times (sweeps)
    CROSS JOIN LATERAL (
        SELECT updated_at FROM message
        WHERE message.channel = queue.channel AND message.lane = queue.lane
          AND state = 'queued' AND message.sweeps = times.sweeps AND ticketed_at > now() - $3::interval
        ORDER BY ticketed_at
        LIMIT 1
    ) AS oldest
    UNION ALL
    SELECT channel, lane, next_at FROM (
        SELECT channel, lane, next_at FROM message
        WHERE next_at <= now() AND next_at > now() - $3::interval
          AND (state IN ('held', 'retrying', 'sending')) IS TRUE
        ORDER BY next_at
        LIMIT 1000
    ) AS due
)
SELECT channel, lane, greatest(now() - min(since), interval '0') AS age FROM waiting GROUP BY channel, lane

-- open_letters --
-- The limit on open incidents is far above what anybody would read.
SELECT count(*) AS opened, count(*) FILTER (WHERE received_at > now() - $1::interval) AS lately
FROM (
    SELECT received_at FROM dead_letter WHERE state = 'open' ORDER BY received_at DESC LIMIT 10000
) AS letters

-- wrong_senders --
-- Its partial index is small, however many letters there are.
SELECT source, sender FROM dead_letter
WHERE wrong_sender AND state = 'open' AND received_at > now() - $1::interval
ORDER BY received_at DESC LIMIT 10000

-- webhooks_off --
SELECT id::text AS id, source, coalesce(last_error, '') AS error FROM result_subscription
WHERE disabled_at IS NOT NULL
ORDER BY disabled_at

-- webhooks_late --
-- Endpoints are few, and the first event of each is found by its index.
SELECT webhook.id::text AS id, source, coalesce(last_error, '') AS error, now() - first.queued_at AS age
FROM result_subscription AS webhook CROSS JOIN LATERAL (
    SELECT queued_at FROM webhook_event WHERE subscription_id = webhook.id ORDER BY number LIMIT 1
) AS first
WHERE url IS NOT NULL AND disabled_at IS NULL AND first.queued_at < now() - $1::interval
ORDER BY first.queued_at

-- webhook_figures --
SELECT count(*) FILTER (WHERE disabled_at IS NULL AND failing_since IS NULL) AS "on",
       count(*) FILTER (WHERE disabled_at IS NULL AND failing_since IS NOT NULL) AS failing,
       count(*) FILTER (WHERE disabled_at IS NOT NULL) AS off,
       coalesce(sum(waiting.events) FILTER (WHERE disabled_at IS NULL), 0)::integer AS waiting,
       coalesce(max(now() - waiting.since) FILTER (WHERE disabled_at IS NULL), interval '0') AS oldest
FROM result_subscription AS webhook CROSS JOIN LATERAL (
    SELECT count(*) AS events, min(queued_at) AS since FROM (
        -- The oldest are first; nobody needs to know of more.
        SELECT queued_at FROM webhook_event WHERE subscription_id = webhook.id ORDER BY number LIMIT 10000
    ) AS first
) AS waiting
WHERE url IS NOT NULL

-- held --
-- Held until later: due messages are on their way. By time, so that reminders of next month do not stand before
-- messages that wait for an hour.
SELECT coalesce(reason, '') AS reason, count(*) AS n FROM (
    SELECT reason FROM message
    WHERE next_at > now() AND next_at <= now() + $1::interval AND state = 'held'
    ORDER BY next_at
    LIMIT $2
) AS first
GROUP BY reason

-- unrecognised --
-- People press a button for each row, and its month ends it: it is small.
SELECT count(*) AS n FROM reported WHERE at > now() - $1::interval

-- unknown_codes --
SELECT coalesce(sum(state::bigint), 0)::bigint AS n FROM heartbeat
WHERE subject = $1 AND at > now() - $2::interval

-- see --
INSERT INTO trouble (key, since, seen_at, detail)
SELECT key, now(), now(), jsonb_build_object('measured', measured)
FROM unnest($1::text[], $2::text[]) AS given (key, measured)
ON CONFLICT (key) WHERE resolved_at IS NULL DO UPDATE SET seen_at = excluded.seen_at, detail = excluded.detail

-- resolve --
UPDATE trouble SET resolved_at = now()
WHERE resolved_at IS NULL
  AND seen_at < now() - $2::interval
  AND split_part(key, ':', 1) = ANY ($1::text[])

-- unpublished --
SELECT * FROM trouble
WHERE told_at IS NULL OR (resolved_at IS NOT NULL AND resolution_told_at IS NULL)
ORDER BY since, key

-- mark_begun --
UPDATE trouble SET told_at = now() WHERE key = $1 AND since = $2 AND told_at IS NULL

-- mark_over --
UPDATE trouble SET resolution_told_at = now()
WHERE key = $1 AND since = $2 AND resolved_at IS NOT NULL AND resolution_told_at IS NULL

-- troubles --
(SELECT * FROM trouble WHERE resolved_at IS NULL ORDER BY since, key LIMIT $1)
UNION ALL
(SELECT * FROM trouble WHERE resolved_at IS NOT NULL ORDER BY resolved_at DESC, key LIMIT $1)
LIMIT $1

-- promises --
-- Uses the predicate of clock_live: ended clocks, nearly all, are not read.
SELECT name, level, state, count(*) AS n FROM clock WHERE ended_at IS NULL GROUP BY name, level, state

-- unread --
-- By inbox_item_unread, in its order; nobody needs to know of more.
SELECT count(*) AS n FROM (
    SELECT FROM inbox_item WHERE read_at IS NULL ORDER BY person, created_at DESC, id DESC LIMIT $1
) AS first
