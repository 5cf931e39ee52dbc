Addresses of a person, and those of them that somebody else has or had, too.

-- known --
SELECT coalesce(name, '') AS name, contact_points, contact_points_given, removed FROM person WHERE id = $1

-- versions --
SELECT data FROM directory_version WHERE kind = 'person' AND id = $1 AND data <> '{}'

-- written --
-- What messages were addressed to, which the directory may have forgotten.
SELECT DISTINCT name, address FROM message WHERE person = $1 AND (name <> '' OR address <> '')

-- shared --
-- `now`: somebody else of the directory has it; otherwise somebody else had it once. Old versions have an address as it
-- was written, so numbers are compared by their last ten digits. Who was erased has nothing any more.
WITH every AS (
    SELECT address, true AS is_own FROM unnest($2::text[]) AS given (address)
    UNION ALL
    SELECT point ->> 'value', false FROM directory_version
    CROSS JOIN LATERAL jsonb_array_elements(
        CASE jsonb_typeof(data -> 'contact_points') WHEN 'array' THEN data -> 'contact_points' ELSE '[]' END
    ) AS point
    WHERE kind = 'person' AND id <> $1
), known AS (
    SELECT address, is_own, CASE
        WHEN address ~ '^[+0-9 ().-]{7,}$' THEN right(regexp_replace(address, '[^0-9]', '', 'g'), 10)
        ELSE lower(address)
    END AS usual
    FROM every
), held AS (
    SELECT given.address FROM unnest($2) AS given (address)
    WHERE EXISTS (
        SELECT FROM person
        WHERE id <> $1 AND NOT removed
          AND contact_points @> jsonb_build_array(jsonb_build_object('value', given.address))
    )
)
SELECT address, address IN (SELECT address FROM held) AS now FROM known
WHERE is_own AND (
    usual IN (SELECT usual FROM known WHERE NOT is_own) OR address IN (SELECT address FROM held)
)
