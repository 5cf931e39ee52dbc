The in-app inbox.

-- add --
INSERT INTO inbox_item (id, person, event, subject, text, html, created_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
ON CONFLICT DO NOTHING
