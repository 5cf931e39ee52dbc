The in-app inbox. `matter` of an event is the case of which it speaks, where it is in a case of its own.
An entry whose event was taken back stays, struck through; it is not unread any more, and nobody has read it by that.

-- entry --
-- The columns of an entry. `correction` is the person's entry that corrects one that was taken back.
item.id, item.event, item.subject, item.text, item.html, item.created_at, item.read_at, item.recalled_at,
       coalesce(event.data ->> 'matter', event.case_key) AS case, message.purpose,
       CASE WHEN item.recalled_at IS NOT NULL THEN (
           SELECT newer.id FROM inbox_item AS newer
           JOIN message AS telling ON telling.id = newer.id
           JOIN event AS corrected ON corrected.key = telling.event_key
           WHERE newer.person = item.person AND newer.created_at > item.created_at
             AND newer.event = 'admin.correction.issued' AND newer.recalled_at IS NULL
             AND corrected.data -> 'references' ->> 'key' = message.event_key::text
           ORDER BY newer.created_at DESC, newer.id DESC
           LIMIT 1
       ) END AS correction

-- add --
INSERT INTO inbox_item (id, person, event, subject, text, html, created_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
ON CONFLICT DO NOTHING

-- knows --
SELECT FROM person WHERE id = $1 AND NOT removed

-- items --
SELECT <entry>
FROM (
    SELECT * FROM inbox_item
    WHERE person = $4 AND (created_at, id) < ($1, $2) AND (NOT $5::boolean OR read_at IS NULL AND recalled_at IS NULL)
    ORDER BY created_at DESC, id DESC
    LIMIT $3
) AS item
LEFT JOIN message ON message.id = item.id
LEFT JOIN event ON event.key = message.event_key
ORDER BY item.created_at DESC, item.id DESC

-- item --
SELECT <entry>
FROM inbox_item AS item
LEFT JOIN message ON message.id = item.id
LEFT JOIN event ON event.key = message.event_key
WHERE item.person = $1 AND item.id = $2

-- unread --
SELECT count(*) AS n FROM inbox_item WHERE person = $1 AND read_at IS NULL AND recalled_at IS NULL

-- unread_until --
SELECT inbox_item.id FROM inbox_item
JOIN inbox_item AS last ON last.id = $2 AND last.person = $1
WHERE inbox_item.person = $1 AND inbox_item.read_at IS NULL AND inbox_item.recalled_at IS NULL
  AND (inbox_item.created_at, inbox_item.id) <= (last.created_at, last.id)
ORDER BY inbox_item.created_at, inbox_item.id
LIMIT $3

-- mark_read --
UPDATE inbox_item SET read_at = now() WHERE person = $1 AND id = ANY ($2::uuid[]) AND read_at IS NULL

-- arrivals --
-- One row at least, with the newest place; an entry may be stored later than one with a greater place.
SELECT newest.place AS newest, item.place, item.person, <entry>
FROM (SELECT coalesce(max(place), 0) AS place FROM inbox_item) AS newest
LEFT JOIN LATERAL (
    SELECT * FROM inbox_item
    WHERE place > $1::bigint AND person = ANY ($2::text[])
    ORDER BY place
    LIMIT 500
) AS item ON true
LEFT JOIN message ON message.id = item.id
LEFT JOIN event ON event.key = message.event_key
ORDER BY item.place
