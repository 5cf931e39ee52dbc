Documents of events: asked for by intake, fetched by the timers, read by delivery and by links.

-- ask --
INSERT INTO document_request (event_key, url, name, attach, digest, wait_until)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bool[], $5::bytea[], $6::timestamptz[])
ON CONFLICT DO NOTHING

-- of_events --
SELECT document_request.*, document_host(url) AS host,
       coalesce(document.kind, '') AS kind, coalesce(document.size, 0) AS size
FROM document_request LEFT JOIN document USING (sha256)
WHERE event_key = ANY ($1::uuid[])

-- content --
SELECT content FROM document WHERE sha256 = $1

-- due --
-- The oldest of each host: those of one that is slow stand before nobody else's. The hosts are found by the index,
-- a probe each. Of a host that is shut only those leave for which nobody waits any more, and those whose bytes are here:
-- they end without a call.
WITH RECURSIVE host (name) AS (
    SELECT min(document_host(url)) FROM document_request WHERE state = 'asked'
    UNION ALL
    SELECT (
        SELECT min(document_host(url)) FROM document_request
        WHERE state = 'asked' AND document_host(url) > host.name
    )
    FROM host WHERE name IS NOT NULL
), due AS (
    SELECT oldest.event_key
    FROM host
    LEFT JOIN unnest($3::text[], $4::int[], $5::bool[]) AS given (name, room, shut) USING (name)
    CROSS JOIN LATERAL (
        SELECT event_key FROM document_request
        WHERE state = 'asked' AND document_host(url) = host.name AND next_at <= now()
          AND (
              given.shut IS NOT TRUE OR wait_until <= now() OR EXISTS (
                  SELECT FROM document_request AS earlier
                  WHERE earlier.sha256 = document_request.digest AND earlier.url = document_request.url
              )
          )
        ORDER BY next_at
        LIMIT coalesce(given.room, $1)
        FOR UPDATE SKIP LOCKED
    ) AS oldest
)
UPDATE document_request SET next_at = now() + $2::interval
FROM due WHERE document_request.event_key = due.event_key
RETURNING document_request.*, document_host(url) AS host, '' AS kind, 0 AS size

-- adopt --
-- The same address and digest were fetched before: the bytes are here.
UPDATE document_request SET state = 'stored', sha256 = digest, next_at = NULL, last_error = NULL
WHERE event_key = $1 AND state = 'asked' AND EXISTS (
    SELECT FROM document_request AS earlier
    WHERE earlier.sha256 = document_request.digest AND earlier.url = document_request.url
)
RETURNING event_key

-- store --
-- What was asked for a file that somebody sent is that file's, and the request ends.
WITH kept AS (
    INSERT INTO document (sha256, kind, size, content) VALUES ($2, $3, length($4::bytea), $4)
    ON CONFLICT (sha256) DO UPDATE SET fetched_at = now()
), sent AS (
    UPDATE given_file SET sha256 = $2, request = NULL WHERE request = $1 RETURNING 1
), ended AS (
    DELETE FROM document_request WHERE event_key = $1 AND EXISTS (SELECT FROM sent)
)
UPDATE document_request SET state = 'stored', sha256 = $2, next_at = NULL, last_error = NULL
WHERE event_key = $1 AND NOT EXISTS (SELECT FROM sent)

-- give --
-- Of an event whose document is not here: what was fetched stays, and so does what somebody has given before.
-- The one to which messages lead may be given as itself: another would change what is behind their links.
WITH kept AS (
    INSERT INTO document (sha256, kind, size, content) VALUES ($4, $5, length($6::bytea), $6)
    ON CONFLICT (sha256) DO UPDATE SET fetched_at = now()
)
INSERT INTO document_request AS request (event_key, url, name, attach, wait_until, state, next_at, sha256)
VALUES ($1, $2, $3, true, now(), 'stored', NULL, $4)
ON CONFLICT (event_key) DO UPDATE
SET name = excluded.name, attach = true, state = 'stored', next_at = NULL, last_error = NULL, sha256 = excluded.sha256
WHERE request.sha256 IS NULL OR (request.sha256 = excluded.sha256 AND NOT request.attach)
RETURNING event_key

-- keep --
INSERT INTO document (sha256, kind, size, content) VALUES ($1, $2, length($3::bytea), $3)
ON CONFLICT (sha256) DO UPDATE SET fetched_at = now()

-- give_kept --
-- Bytes that are here, to events that have no document yet.
INSERT INTO document_request (event_key, url, name, attach, wait_until, state, next_at, sha256)
SELECT event_key, $2, $2, true, now(), 'stored', NULL, $3 FROM unnest($1::uuid[]) AS given (event_key)
ON CONFLICT DO NOTHING

-- about --
SELECT key AS event_key, id AS event_id, source, type, '' AS document FROM event WHERE key = $1

-- failed --
UPDATE document_request SET tries = tries + 1, last_error = $2, next_at = now() + $3::interval
WHERE event_key = $1 AND state = 'asked'

-- given_up --
WITH sent AS (
    UPDATE given_file SET refused = 'not_fetched', request = NULL WHERE request = $1 RETURNING 1
), ended AS (
    DELETE FROM document_request WHERE event_key = $1 AND EXISTS (SELECT FROM sent)
)
UPDATE document_request SET tries = tries + 1, last_error = $2, next_at = NULL, state = 'failed'
WHERE event_key = $1 AND state = 'asked' AND NOT EXISTS (SELECT FROM sent)

-- release --
-- What waits for this document may leave: with it, or as it would without.
WITH waiting AS (
    SELECT id FROM message
    WHERE event_key = $1 AND id BETWEEN $2 AND $3
      AND state = 'held' AND reason = 'document'
    ORDER BY id
    LIMIT $4
    FOR UPDATE SKIP LOCKED
)
UPDATE message
SET state = 'queued', reason = NULL, next_at = NULL, lease = NULL, ticketed_at = now(), sweeps = 0, updated_at = now(),
    -- The wait extended `expires_at` by its whole length; take back what is left of it. A message at `ends_at` was not
    -- extended.
    expires_at = CASE
        WHEN ends_at IS NULL OR expires_at < ends_at
        THEN expires_at - greatest(message.next_at - now(), interval '0')
        ELSE expires_at
    END
WHERE message.id = ANY (ARRAY (SELECT id FROM waiting)) AND message.id BETWEEN $2 AND $3
RETURNING message.id, message.channel, message.lane

-- of_message --
-- Only for a message that is still stored: its link goes with it. Nobody gets the bytes of an event that was
-- taken back.
SELECT document.kind, document_request.name, recall.withdrawn,
       CASE WHEN recall.withdrawn THEN '' ELSE document.content END AS content
FROM message
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM event JOIN recall ON recall.source = event.source AND recall.event_id = event.id
        WHERE event.key = message.event_key
    ) AS withdrawn
) AS recall
JOIN document_request ON document_request.event_key = message.event_key
JOIN document ON document.sha256 = document_request.sha256
WHERE message.id = $1

-- of_letter --
-- Nobody prints what belongs to a letter that was taken back.
SELECT document.kind, document_request.name, document.content
FROM message
JOIN document_request ON document_request.event_key = message.event_key AND document_request.attach
JOIN document ON document.sha256 = document_request.sha256
WHERE message.id = $1 AND message.state <> 'cancelled'
  AND ($2::text[] IS NULL OR message.copropiedad_id = ANY ($2))
