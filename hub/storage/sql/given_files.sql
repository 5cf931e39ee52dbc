Files that come in with somebody's words.

-- keep --
-- The document is touched: else one that nobody has named for a minute could be forgotten in between.
WITH given AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::bytea[]) WITH ORDINALITY
        AS given (name, refused, media, sha256, kind, content, place)
), kept AS (
    INSERT INTO document (sha256, kind, size, content)
    SELECT DISTINCT ON (sha256) sha256, kind, length(content), content FROM given WHERE sha256 IS NOT NULL
    ON CONFLICT (sha256) DO UPDATE SET fetched_at = now()
), filed AS (
    INSERT INTO given_file (id, place, name, refused, sha256, person, request)
    -- The request is of no event: its key is of no month that could be dropped.
    SELECT $1, place, name, refused, sha256, $8, CASE
        WHEN media <> '' THEN ('ffffffff-ffff-' || substr(gen_random_uuid()::text, 15))::uuid
    END FROM given
    ON CONFLICT DO NOTHING
    RETURNING place, request
)
INSERT INTO document_request (event_key, url, name, attach, wait_until)
SELECT request, media, '', false, now() + $9::interval FROM filed JOIN given USING (place) WHERE request IS NOT NULL

-- named --
SELECT id, place, name, CASE WHEN request IS NULL THEN refused ELSE 'waiting' END AS refused, kind, size,
       encode(sha256, 'hex') AS sha256
FROM given_file LEFT JOIN document USING (sha256)
WHERE id = ANY ($1::uuid[])
ORDER BY id, place

-- of_person --
-- With their bytes as far as they fit ($3).
SELECT file.id, place, name, refused, kind, size, encode(sha256, 'hex') AS sha256,
       CASE WHEN sum(size) OVER (ORDER BY file.id, place) <= $3::bigint THEN content END AS content
FROM given_file AS file LEFT JOIN document USING (sha256)
WHERE person = $1 OR file.id = ANY ($2::uuid[])
ORDER BY file.id, place

-- content --
-- Within these places, as its words are.
SELECT file.name, document.kind, document.content, file.person,
       CASE WHEN said.id IS NOT NULL THEN 'reply:' WHEN EXISTS (
           SELECT FROM case_note WHERE case_note.id = file.id
       ) THEN 'note:' ELSE 'event:' END || file.id AS subject
FROM given_file AS file JOIN document USING (sha256)
LEFT JOIN LATERAL (
    SELECT reply.id, (
        SELECT copropiedad_id FROM message WHERE message.id = reply.message_id OFFSET 0
    ) AS copropiedad_id
    FROM reply WHERE reply.id = file.id
) AS said ON true
LEFT JOIN LATERAL (SELECT copropiedad_id FROM event WHERE event.key = file.id OFFSET 0) AS about ON true
WHERE file.id = $1 AND place = $2
  AND ($3::text[] IS NULL OR coalesce(said.copropiedad_id, about.copropiedad_id) = ANY ($3))

-- placeless --
-- The case of words that name no place: that in whose thread they stand.
SELECT coalesce(merged.into_case, said.case_key) AS case_key FROM (
    SELECT CASE WHEN position(':' IN thread) > 0 THEN thread ELSE 'thread_id:' || thread END AS case_key FROM reply
    WHERE reply.id = $1 AND NOT EXISTS (
        SELECT FROM message WHERE message.id = reply.message_id AND copropiedad_id IS NOT NULL OFFSET 0
    )
    UNION ALL
    SELECT case_key FROM event WHERE event.key = $1 AND copropiedad_id IS NULL
    UNION ALL
    SELECT case_key FROM case_note WHERE case_note.id = $1
) AS said LEFT JOIN case_merge AS merged ON merged.case_key = said.case_key
