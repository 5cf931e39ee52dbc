Cases among colleagues.

-- add_note --
INSERT INTO case_note (id, case_key, by, kind, words, about, told, untold, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING

-- withdraw_note --
UPDATE case_note SET words = '', untold = '{}', withdrawn = true
WHERE id = $1 AND case_key = $2 AND by = $3 AND kind = 'note'
RETURNING id
