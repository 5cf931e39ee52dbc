Saved audiences: whoever reaches all their places sees them. `$1` are the places of the operator.

-- list --
SELECT id, name, whom, places, by, at FROM saved_audience
WHERE $1::text[] IS NULL OR (places <> '{}' AND places <@ $1)
ORDER BY lower(name), at

-- save --
INSERT INTO saved_audience (id, name, whom, places, by, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (by, name) DO UPDATE SET whom = excluded.whom, places = excluded.places, at = excluded.at
RETURNING id, name, whom, places, by, at

-- forget --
DELETE FROM saved_audience WHERE id = $1
