Links of calendars: one of each account, by the hash of its token.

-- make --
INSERT INTO calendar_link (account_id, token_hash, made_at)
SELECT id, $2, $3 FROM account WHERE name = $1
ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, made_at = excluded.made_at
RETURNING account_id

-- forget --
DELETE FROM calendar_link USING account WHERE account.id = account_id AND account.name = $1 RETURNING account_id

-- made --
SELECT made_at FROM calendar_link JOIN account ON account.id = account_id WHERE account.name = $1

-- whose --
SELECT account.name FROM calendar_link JOIN account ON account.id = account_id
WHERE token_hash = $1 AND disabled_at IS NULL
