Posters of notice boards. Whether one still holds is looked up, never written: no timer and no race with a recall.

-- places --
SELECT id FROM copropiedad ORDER BY id

-- ask --
INSERT INTO poster (id, event_key, event, audience, copropiedad_id, zones, urgent, hangs_until, enders)
SELECT id, event_key, event, audience, place, ARRAY (SELECT jsonb_array_elements_text(zones)), urgent, hangs_until,
       ARRAY (SELECT jsonb_array_elements_text(enders))
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::jsonb[], $7::bool[], $8::timestamptz[],
            $9::jsonb[])
     AS given (id, event_key, event, audience, place, zones, urgent, hangs_until, enders)
ON CONFLICT DO NOTHING

-- seen --
-- What ends first ends it. An event that was taken back ends nothing.
SELECT poster.*, event.source, event.id AS event_id, event.time, event.data,
       copropiedad.name AS building, copropiedad.brand, ended.at AS holds_until, CASE WHEN ended.at <= now() THEN ended.why END AS ended_by,
       CASE
           WHEN poster.taken_down_at IS NOT NULL THEN 'taken_down'
           WHEN ended.at <= now() AND poster.printed_at IS NULL THEN 'obsolete'
           WHEN ended.at <= now() THEN 'to_take_down'
           WHEN poster.hung_at IS NOT NULL THEN 'hung'
           WHEN poster.printed_at IS NOT NULL THEN 'printed'
           ELSE 'to_print'
       END AS state
FROM poster
JOIN event ON event.key = poster.event_key
LEFT JOIN copropiedad ON copropiedad.id = poster.copropiedad_id
CROSS JOIN LATERAL (
    SELECT at, why FROM (
        SELECT poster.hangs_until AS at, 'over' AS why
        UNION ALL
        SELECT coalesce((SELECT received_at FROM event AS of WHERE of.key = recall.by_key), poster.created_at), 'recalled'
        FROM recall
        WHERE recall.source = event.source AND recall.event_id = event.id
        UNION ALL
        (
            SELECT later.time, 'replaced' FROM event AS later
            WHERE later.case_key = event.case_key AND later.key >= moment_start(poster.event_key)
              AND (later.time, later.key) > (event.time, event.key) AND later.type = ANY (poster.enders)
              AND (later.copropiedad_id IS NULL OR later.copropiedad_id = poster.copropiedad_id)
              AND NOT EXISTS (
                  SELECT FROM recall WHERE recall.source = later.source AND recall.event_id = later.id
              )
            ORDER BY later.time, later.key
            LIMIT 1
        )
    ) AS ends
    ORDER BY at, why
    LIMIT 1
) AS ended

-- of_event --
SELECT id, copropiedad_id, state, hung_at, taken_down_at FROM ({seen} WHERE poster.event_key = $1
  AND ($2::text[] IS NULL OR poster.copropiedad_id = ANY ($2))) AS poster
ORDER BY copropiedad_id, audience

-- source --
SELECT * FROM ({seen} WHERE poster.id = $1
  AND ($2::text[] IS NULL OR poster.copropiedad_id = ANY ($2))) AS poster

-- keep_page --
WITH made AS (
    UPDATE poster SET title = $2, html = $3, sha256 = $4, made_at = now() WHERE id = $1 AND html IS NULL
    RETURNING title, html, sha256
)
SELECT title, html, sha256 FROM made
UNION ALL
SELECT title, html, sha256 FROM poster WHERE id = $1 AND html IS NOT NULL AND NOT EXISTS (SELECT FROM made)

-- take --
UPDATE poster SET batch_id = $2
FROM ({seen} WHERE poster.copropiedad_id = $1 AND poster.printed_at IS NULL AND poster.batch_id IS NULL) AS standing
WHERE poster.id = standing.id AND standing.state = 'to_print'

-- batch_printed --
-- What was never made was not in the PDF.
UPDATE poster SET printed_at = now(), printed_by = print_batch.made_by
FROM print_batch
WHERE print_batch.id = $1 AND poster.batch_id = $1 AND poster.printed_at IS NULL AND poster.html IS NOT NULL

-- leave_batch --
UPDATE poster SET batch_id = NULL WHERE batch_id = $1 AND printed_at IS NULL

-- of_batch --
-- What no longer holds is not printed, not even again.
SELECT id FROM ({seen} WHERE poster.batch_id = $1) AS poster
WHERE state NOT IN ('obsolete', 'to_take_down', 'taken_down')
ORDER BY urgent DESC, created_at, id
