The register of excluded numbers as staff loads and counts it.

-- by_channel --
SELECT channel, count(*) AS n
FROM exclusion, unnest(CASE WHEN channels = '{}' THEN '{all}' ELSE channels END) AS named (channel)
GROUP BY channel
ORDER BY channel

-- alone --
SELECT pg_advisory_xact_lock(hashtext('hub exclusions'))

-- newer --
SELECT list_date FROM exclusion_list WHERE list_date > $1

-- clear --
DELETE FROM exclusion

-- add --
INSERT INTO exclusion (hash, channels)
SELECT hash, coalesce(string_to_array(nullif(channels, ''), ','), '{}')
FROM unnest($1::bytea[], $2::text[]) AS given (hash, channels)

-- put --
INSERT INTO exclusion_list (list_date, key_id, addresses) VALUES ($1, $2, $3)
ON CONFLICT (only_one) DO UPDATE
SET list_date = excluded.list_date, key_id = excluded.key_id, addresses = excluded.addresses, loaded_at = now()
