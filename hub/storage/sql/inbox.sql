The in-app inbox.

-- add --
INSERT INTO inbox_item (id, person, event, subject, text, html, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING
