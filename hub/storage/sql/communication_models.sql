Models of communications. $2 are the copropiedades of the operator: NULL is everywhere.

-- list --
SELECT id, name, kind, draft, places, by, at FROM communication_model
WHERE $1::text[] IS NULL OR places <@ $1
ORDER BY lower(name), id
LIMIT $2

-- find --
SELECT id, name, kind, draft, places, by, at FROM communication_model
WHERE id = $1 AND ($2::text[] IS NULL OR places <@ $2)

-- save --
-- The same name again replaces what the operator may see; the name of another stays as it is.
INSERT INTO communication_model (id, name, kind, draft, places, by, at)
VALUES ($1, $3, $4, $5, $6, $7, $8)
ON CONFLICT (name) DO UPDATE
SET kind = excluded.kind, draft = excluded.draft, places = excluded.places, by = excluded.by, at = excluded.at
WHERE $2::text[] IS NULL OR communication_model.places <@ $2
RETURNING id, name, kind, draft, places, by, at

-- forget --
DELETE FROM communication_model WHERE id = $1
