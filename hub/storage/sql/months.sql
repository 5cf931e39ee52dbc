Months: partitions of `event`, `message` and `attempt`.

-- list --
SELECT inhparent::regclass::text AS of, relname AS name, greatest(reltuples, 0)::bigint AS rows,
       pg_total_relation_size(pg_class.oid) AS bytes
FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = ANY ('{event, message, attempt}'::regclass[])

-- one_at_a_time --
SELECT pg_try_advisory_xact_lock(hashtext('hub months')) AS ours

-- patience --
-- Others after us in the queue for a lock wait with us. Shorter than the deadlock time-out: we give way.
SET LOCAL lock_timeout = '500ms'

-- exists --
SELECT to_regclass($1) IS NOT NULL AS there

-- make --
-- As the tables' owner: `make_month` and `drop_month` of the baseline.
SELECT make_month($1, $2, $3, $4)

-- holding --
-- Of clocks only those of a range of ids.
SELECT 'messages' AS why, count(*) AS n FROM (
    SELECT FROM message_{month} WHERE state IN ('queued', 'sending', 'held', 'retrying')
    UNION ALL
    SELECT FROM message_{month} WHERE next_at IS NOT NULL AND state IN ('sent', 'waiting')
    UNION ALL
    SELECT FROM message_{month}
    WHERE state IN ('failed', 'bounced', 'suppressed', 'expired')
      AND (fallback IS NOT NULL OR purpose = 'legal') AND NOT cascaded
    LIMIT 1000
) AS unsettled
UNION ALL
SELECT 'letters', count(*) FROM (
    SELECT FROM letter WHERE id >= $1 AND id < $2 AND handed_over_at IS NULL LIMIT 1000
) AS open
UNION ALL
SELECT 'events', count(*) FROM (
    SELECT FROM event_{month} WHERE planned_at IS NULL AND NOT waiting LIMIT 1000
) AS unplanned
UNION ALL
SELECT 'cases', count(*) FROM (
    SELECT DISTINCT case_key FROM clock
    WHERE (ended_at IS NULL OR next_at IS NOT NULL) AND NOT promise @> '{{"silent": true}}'
      AND id >= $3 AND id < $4
      AND EXISTS (SELECT FROM event_{month} AS event WHERE event.case_key = clock.case_key OFFSET 0)
    LIMIT 1000
) AS running

-- close --
LOCK TABLE ONLY event, ONLY message, ONLY attempt IN ACCESS EXCLUSIVE MODE

-- drop --
SELECT drop_month($1)

-- forget_messages --
WITH gone AS (
    DELETE FROM message_default WHERE ctid = ANY (ARRAY (
        SELECT ctid FROM message_default
        WHERE id >= $1 AND id < $2 AND updated_at < now() - interval '1 day'
          AND next_at IS NULL AND state NOT IN ('queued', 'sending', 'held', 'retrying')
        LIMIT $3
    )) RETURNING 1
)
SELECT count(*) AS n FROM gone

-- forget_attempts --
WITH gone AS (
    DELETE FROM attempt_default WHERE ctid = ANY (ARRAY (
        SELECT ctid FROM attempt_default
        WHERE message_id >= $1 AND message_id < $2
          AND NOT EXISTS (SELECT FROM message_default WHERE id = message_id)
        LIMIT $3
    )) RETURNING 1
)
SELECT count(*) AS n FROM gone

-- forget_events --
WITH gone AS (
    DELETE FROM event_default WHERE ctid = ANY (ARRAY (
        SELECT ctid FROM event_default
        WHERE key >= $1 AND key < $2 AND received_at < now() - interval '1 day'
          AND (planned_at IS NOT NULL OR waiting)
          AND NOT EXISTS (SELECT FROM message_default WHERE event_key = key)
          AND NOT EXISTS (
              SELECT FROM clock
              WHERE clock.case_key = event_default.case_key AND (ended_at IS NULL OR next_at IS NOT NULL)
                AND NOT promise @> '{"silent": true}'
          )
        LIMIT $3
    )) RETURNING 1
)
SELECT count(*) AS n FROM gone

-- forget_about --
-- What was stored about a message or an event that is gone.
WITH gone AS (
    DELETE FROM {table} WHERE ctid = ANY (ARRAY (
        SELECT ctid FROM {table}
        WHERE {column} >= $1 AND {column} < $2
          AND NOT EXISTS (SELECT FROM {of}_default AS there WHERE there.{key} = {table}.{column})
        LIMIT $3
    )) RETURNING 1
)
SELECT count(*) AS n FROM gone

-- forget_documents --
-- Bytes that no event has any more.
WITH gone AS (
    DELETE FROM document WHERE sha256 = ANY (ARRAY (
        SELECT sha256 FROM document
        WHERE fetched_at < now() - interval '1 day'
          AND NOT EXISTS (SELECT FROM document_request WHERE document_request.sha256 = document.sha256)
          AND NOT EXISTS (SELECT FROM given_file WHERE given_file.sha256 = document.sha256)
          AND NOT EXISTS (SELECT FROM communication_file WHERE communication_file.sha256 = document.sha256)
        LIMIT $1
        FOR UPDATE SKIP LOCKED
    )) RETURNING 1
)
SELECT count(*) AS n FROM gone

-- forget_batches --
-- Of letters that are all gone, or that were given back.
WITH gone AS (
    DELETE FROM print_batch WHERE id = ANY (ARRAY (
        SELECT id FROM print_batch
        WHERE id >= $2 AND id < $3 AND made_at < now() - interval '1 day'
          AND NOT EXISTS (SELECT FROM letter WHERE letter.batch_id = print_batch.id)
        LIMIT $1
    )) RETURNING 1
)
SELECT count(*) AS n FROM gone

-- case_page --
SELECT case_key, EXISTS (SELECT FROM event WHERE event.case_key = page.case_key OFFSET 0) AS alive
FROM (
    SELECT case_key FROM party WHERE case_key > $1
    UNION
    SELECT case_key FROM case_state WHERE case_key > $1
    UNION
    SELECT case_key FROM case_owner WHERE case_key > $1
    ORDER BY case_key
    LIMIT $2
) AS page
ORDER BY case_key

-- forget_cases --
-- Under the locks of these cases: an event of one may have come.
DELETE FROM {table}
WHERE case_key = ANY ($1::text[])
  AND NOT EXISTS (SELECT FROM event WHERE event.case_key = {table}.case_key OFFSET 0)
  AND NOT EXISTS (
      SELECT FROM clock
      WHERE clock.case_key = {table}.case_key AND (ended_at IS NULL OR next_at IS NOT NULL)
  )
