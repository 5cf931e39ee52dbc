The directory as operators see it: what counts now, what counted on a day, and who is who.

-- standing --
SELECT max(version) AS version FROM directory_version WHERE kind = $1 AND id = $2

-- holders --
-- Of each membership the greatest version that had begun counts; a removal begins when it was told.
WITH scope AS (
    SELECT 'unit:' || $2::text AS scope
    UNION ALL SELECT 'copropiedad:' || $3::text
    UNION ALL SELECT 'unit:' || id FROM unit WHERE copropiedad_id = $3
), known AS (
    -- OFFSET 0 and the collation of the index keep the planner from looking at the whole history.
    SELECT DISTINCT told.id FROM scope CROSS JOIN LATERAL (
        SELECT id FROM directory_version
        WHERE kind = 'membership' AND (data ->> 'scope') COLLATE "C" = scope.scope AND id > $5
        OFFSET 0
    ) AS told
), counted AS (
    SELECT newest.* FROM known CROSS JOIN LATERAL (
        SELECT id, version, since, until, removed, data FROM directory_version
        WHERE kind = 'membership' AND id = known.id AND since <= $4
        ORDER BY version DESC LIMIT 1
    ) AS newest
)
SELECT counted.id, counted.version, counted.since, counted.until, data ->> 'person_id' AS person,
       data ->> 'role' AS role, data ->> 'scope' AS scope, coalesce(person.name, '') AS name
FROM counted
LEFT JOIN person ON person.id = data ->> 'person_id' AND NOT person.removed
LEFT JOIN LATERAL (
    SELECT removed FROM directory_version
    WHERE kind = 'person' AND id = counted.data ->> 'person_id' AND since <= $4
    ORDER BY version DESC LIMIT 1
) AS somebody ON true
WHERE NOT counted.removed AND (counted.until IS NULL OR counted.until > $4)
  AND data ->> 'role' = $1 AND data ->> 'scope' IN (SELECT scope FROM scope)
  AND somebody.removed IS NOT TRUE
ORDER BY counted.id
LIMIT $6

-- somebody --
SELECT id, version, name, locale, digital_access, contact_points FROM person WHERE id = $1 AND NOT removed

-- memberships --
SELECT id, version, scope_kind || CASE WHEN scope_id = '' THEN '' ELSE ':' || scope_id END AS scope,
       role, duty, level, service_area, on_call, direction, since, until
FROM membership WHERE person_id = $1 AND NOT removed
ORDER BY id
