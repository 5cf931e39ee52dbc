Addresses of a person, and those of them that somebody else has or had, too.

-- known --
SELECT coalesce(name, '') AS name, contact_points, contact_points_given, removed FROM person WHERE id = $1

-- versions --
SELECT since, data FROM directory_version WHERE kind = 'person' AND id = $1 ORDER BY version

-- written --
-- What messages were addressed to, which the directory may have forgotten.
SELECT DISTINCT name, address FROM message WHERE person = $1 AND (name <> '' OR address <> '')

-- shared --
-- `now`: somebody else of the directory has it; otherwise somebody else had it once. Old versions have an address as it
-- was written, so numbers are compared by their last ten digits. Who was erased has nothing any more.
WITH asked AS (
    SELECT address, CASE
        WHEN strpos(address, '@') > 0 THEN lower(address) ELSE right(translate(address, '+ ().-', ''), 10)
    END AS usual
    FROM unnest($2::text[]) AS given (address)
), others AS MATERIALIZED (
    SELECT DISTINCT usual FROM directory_version
    CROSS JOIN LATERAL jsonb_array_elements(data -> 'contact_points') AS point
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN strpos(value, '@') > 0 THEN lower(value) ELSE right(translate(value, '+ ().-', ''), 10)
        END AS usual
        FROM (SELECT point ->> 'value' AS value) AS written
    ) AS other
    WHERE kind = 'person' AND id <> $1 AND jsonb_typeof(data -> 'contact_points') = 'array'
      AND usual = ANY (ARRAY (SELECT usual FROM asked))
)
SELECT address, held.now FROM asked
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM person
        WHERE id <> $1 AND NOT removed
          AND contact_points @> jsonb_build_array(jsonb_build_object('value', asked.address))
        OFFSET 0
    ) AS now
) AS held
WHERE held.now OR usual IN (SELECT usual FROM others)
