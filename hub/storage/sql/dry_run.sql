What a dry run of intake needs besides: a transaction that is rolled back.

-- wake --
UPDATE message SET state = 'queued', next_at = NULL
WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3 AND state = 'held'
