Events that do not reach everybody they are meant for.

-- add --
INSERT INTO unreached (event_key, reasons)
SELECT event_key, string_to_array(reasons, ',') FROM unnest($1::uuid[], $2::text[]) AS given (event_key, reasons)
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
