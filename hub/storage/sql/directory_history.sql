The directory as operators see it: what applies now, what applied on a day, and single people.

-- standing --
SELECT max(version) AS version FROM directory_version WHERE kind = $1 AND id = $2

-- place_names --
SELECT id, name FROM copropiedad WHERE $1::text[] IS NULL OR id = ANY ($1) ORDER BY name, id

-- holders --
-- The greatest version that had begun applies to each membership; a removal begins when its event was received.
-- A unit belongs where its version of that day puts it; before its first version, where the first version puts it.
WITH ever AS (
    SELECT id FROM unit WHERE copropiedad_id = $3
    UNION
    SELECT id FROM directory_version
    WHERE kind = 'unit' AND (data ->> 'copropiedad_id') COLLATE "C" = $3::text
), there AS (
    SELECT ever.id FROM ever LEFT JOIN LATERAL (
        SELECT data ->> 'copropiedad_id' AS place FROM directory_version
        WHERE kind = 'unit' AND id = ever.id
        ORDER BY since <= $4 DESC, CASE WHEN since <= $4 THEN -version ELSE version END
        LIMIT 1
    ) AS version ON true
    WHERE coalesce(version.place, $3) = $3
), scope AS (
    SELECT 'unit:' || $2::text AS scope
    WHERE $7::text[] IS NULL OR EXISTS (SELECT FROM unit WHERE id = $2 AND copropiedad_id = ANY ($7))
    UNION ALL SELECT 'copropiedad:' || $3::text WHERE $7 IS NULL OR $3 = ANY ($7)
    UNION ALL SELECT 'company' WHERE $2 IS NULL AND $3 IS NULL AND $7 IS NULL
    UNION ALL SELECT 'unit:' || id FROM there WHERE $7 IS NULL OR $3 = ANY ($7)
), known AS (
    -- OFFSET 0 and the collation of the index keep the planner from scanning the whole history.
    SELECT DISTINCT version.id FROM scope CROSS JOIN LATERAL (
        SELECT id FROM directory_version
        WHERE kind = 'membership' AND (data ->> 'scope') COLLATE "C" = scope.scope AND id > $5
        OFFSET 0
    ) AS version
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
SELECT id, version, name, locale, digital_access, contact_points,
       (SELECT wishes FROM wish WHERE wish.person = person.id) AS preferences,
       (SELECT mark FROM marked WHERE marked.person = person.id) AS do_not_contact
FROM person
WHERE id = $1 AND NOT removed

-- memberships --
-- Only the given copropiedades; all of them for callers without a limit.
SELECT id, version, scope_kind || CASE WHEN scope_id = '' THEN '' ELSE ':' || scope_id END AS scope,
       role, duty, level, service_area, on_call, direction, hours, since, until,
       until IS NULL OR until > now() AS lasts
FROM membership
WHERE person_id = $1 AND NOT removed
  AND (
      $2::text[] IS NULL
      OR (scope_kind = 'copropiedad' AND scope_id = ANY ($2))
      OR (scope_kind = 'unit' AND EXISTS (SELECT FROM unit WHERE unit.id = scope_id AND copropiedad_id = ANY ($2)))
  )
ORDER BY id

-- standing_copropiedad --
SELECT 'copropiedad:' || id AS scope, NULL AS person FROM copropiedad WHERE id = $1

-- standing_unit --
SELECT 'copropiedad:' || copropiedad_id AS scope, NULL AS person FROM unit WHERE id = $1

-- standing_person --
SELECT NULL AS scope, id AS person FROM person WHERE id = $1

-- standing_membership --
SELECT CASE WHEN removed THEN NULL WHEN scope_kind = 'company' THEN 'company' ELSE scope_kind || ':' || scope_id END AS scope,
       nullif(person_id, '') AS person
FROM membership WHERE id = $1

-- standing_leave --
SELECT NULL AS scope, nullif(person_id, '') AS person FROM leave WHERE id = $1

-- standing_rota --
SELECT CASE WHEN removed THEN NULL WHEN scope_kind = 'company' THEN 'company' ELSE scope_kind || ':' || scope_id END AS scope,
       NULL AS person
FROM rota WHERE id = $1

-- reached --
SELECT NOT EXISTS (
    SELECT FROM unnest($1::text[]) AS asked (scope)
    WHERE scope NOT IN (SELECT 'copropiedad:' || place FROM unnest($3::text[]) AS reached (place))
      AND NOT EXISTS (
          SELECT FROM unit WHERE starts_with(scope, 'unit:') AND id = substr(scope, 6) AND copropiedad_id = ANY ($3)
      )
) AND NOT EXISTS (
    SELECT FROM unnest($2::text[]) AS asked (person)
    WHERE NOT EXISTS (
        SELECT FROM membership
        WHERE person_id = person AND NOT removed AND (until IS NULL OR until > now())
          AND (
              (scope_kind = 'copropiedad' AND scope_id = ANY ($3))
              OR (
                  scope_kind = 'unit'
                  AND EXISTS (SELECT FROM unit WHERE unit.id = scope_id AND copropiedad_id = ANY ($3))
              )
          )
    )
) AS reached
