Events that do not reach everybody they are meant for.

-- add --
-- The publisher's webhooks hear it, too. Under a lock: one that is removed meanwhile gets nothing.
WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[])
        AS given (event_key, reasons, source, notice_id, notice)
), listening AS (
    SELECT id, source FROM result_subscription
    WHERE source = ANY ($3::text[]) AND url IS NOT NULL AND disabled_at IS NULL
    FOR KEY SHARE
), queued AS (
    INSERT INTO webhook_event (subscription_id, event_id, event)
    SELECT listening.id, notice_id, notice FROM given JOIN listening USING (source)
    ORDER BY listening.id, notice_id
    ON CONFLICT DO NOTHING
)
INSERT INTO unreached (event_key, reasons)
SELECT event_key, string_to_array(reasons, ',') FROM given
ON CONFLICT (event_key) DO UPDATE
SET reasons = ARRAY (SELECT DISTINCT unnest(unreached.reasons || excluded.reasons) ORDER BY 1)

-- of --
SELECT event_key, event.id AS event_id, source, type, reasons,
       coalesce((
           SELECT last_error FROM document_request
           WHERE document_request.event_key = unreached.event_key AND document_request.state = 'failed'
       ), '') AS document
FROM unreached JOIN event ON event.key = event_key AND event.key = ANY ($1::uuid[]) AND event.key BETWEEN $2 AND $3
WHERE event_key = ANY ($1::uuid[])
ORDER BY event_key

-- page --
SELECT event_key AS id, event.id AS event_id, source, type, copropiedad_id, unit_id, reasons, found_at
FROM unreached JOIN event ON event.key = event_key
WHERE (found_at, event_key) < ($1, $2) AND ($4::text[] IS NULL OR copropiedad_id = ANY ($4)) AND found_at >= $5
ORDER BY found_at DESC, event_key DESC
LIMIT $3
