Registrations as staff reads them, and what of the directory and of open cases stands beside their form.

-- listed --
SELECT {fields} FROM ({shown}
    WHERE (at, registration.id) < ($1, $2)
      AND ($4::text[] IS NULL OR copropiedad_id = ANY ($4))
      AND ($5::text IS NULL OR copropiedad_id = $5)
      AND ($6::text IS NULL OR kind = $6)
) AS row
ORDER BY at DESC, id DESC
LIMIT $3

-- one --
SELECT {fields} FROM ({shown}
    WHERE registration.id = $1 AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))) AS row

-- shown --
SELECT registration.id, at, radicado, kind, place.name AS copropiedad, copropiedad_id, by, published_at IS NULL AS waits
FROM registration LEFT JOIN copropiedad AS place ON place.id = copropiedad_id

-- place_of_unit --
SELECT copropiedad_id FROM unit WHERE id = $1 AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))

-- homes --
SELECT person_id AS ref, membership.role, unit.id AS unit, unit.tower, unit.label, place.id AS copropiedad,
       place.name AS building
FROM membership
LEFT JOIN unit ON scope_kind = 'unit' AND unit.id = scope_id
JOIN copropiedad AS place
     ON place.id = coalesce(unit.copropiedad_id, CASE scope_kind WHEN 'copropiedad' THEN scope_id END)
WHERE person_id = ANY ($1::text[]) AND NOT membership.removed AND (until IS NULL OR until > now())
  AND ($2::text[] IS NULL OR place.id = ANY ($2))
ORDER BY membership.id
LIMIT 60

-- alike --
-- Petitions of a copropiedad since a day with one of these words, while a promise of theirs still runs. Short words are
-- in everything.
SELECT case_key AS case, at, subject FROM (
    SELECT DISTINCT ON (case_key) case_key, key, time AS at, data ->> 'subject' AS subject FROM event
    WHERE data ?| '{title, subject, instruction, obligation, report_kind}'
      AND search_subject(data, copropiedad_id) @@ (
          SELECT string_agg(word, ' | ')::tsquery
          FROM unnest(string_to_array(btrim(search_words($1)), ' ')) AS word WHERE length(word) > 4
      )
      AND key >= $2 AND copropiedad_id = $3 AND case_key IS NOT NULL
    ORDER BY case_key, key
) AS found
WHERE EXISTS (SELECT FROM clock WHERE clock.case_key = found.case_key AND ended_at IS NULL)
ORDER BY key DESC
LIMIT $4
