The in-app inbox.

-- add --
INSERT INTO inbox_item (id, person, event, subject, text, html, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING

-- of_person --
SELECT id, event, subject, text, html, created_at, read_at FROM inbox_item
WHERE person = $1
ORDER BY created_at DESC, id DESC
LIMIT $2
