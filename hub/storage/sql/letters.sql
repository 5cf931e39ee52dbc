Letters to print, as the channel stores them; what an office does with them is in `hub/desk/letters`.

-- add --
INSERT INTO letter (id, person, event, subject, text, html, name)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
ON CONFLICT DO NOTHING

-- words --
SELECT subject, text, html FROM letter WHERE id = $1
