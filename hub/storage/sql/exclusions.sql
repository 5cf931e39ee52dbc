The register of excluded numbers, as the list that was loaded.

-- check --
SELECT list_date, key_id, EXISTS (
    SELECT FROM exclusion
    WHERE hash = ($1::bytea[])[array_position($2::text[], key_id)] AND (channels = '{}' OR $3 = ANY (channels))
) AS excluded
FROM exclusion_list

-- in_force --
SELECT list_date, loaded_at, addresses FROM exclusion_list
