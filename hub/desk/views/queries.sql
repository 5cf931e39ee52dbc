Saved views: each is of one account.

-- own --
SELECT name, query, at FROM saved_view WHERE who = $1 ORDER BY at, name

-- save --
INSERT INTO saved_view (who, name, query)
SELECT $1, $2, $3 WHERE (SELECT count(*) FROM saved_view WHERE who = $1 AND name <> $2) < $4
ON CONFLICT (who, name) DO UPDATE SET query = excluded.query
RETURNING name

-- forget --
DELETE FROM saved_view WHERE who = $1 AND name = $2 RETURNING name
