What somebody typed, looked for by indexes.

-- called --
-- Some hundreds of a common word are ranked, not all: a reader who sees `more` adds a word.
SELECT id AS ref, name FROM (
    SELECT id, name, name_words FROM person
    WHERE NOT removed AND search_lexemes(name_words) @@ $1::text::tsquery AND {there}
    LIMIT 300
) AS found
ORDER BY (SELECT sum(strict_word_similarity(word, name_words)) FROM unnest($2::text[]) AS word) DESC,
         length(name_words), name_words, id
LIMIT $3

-- known_words --
-- OFFSET 0: each word is looked up by itself, however many there are.
SELECT word FROM unnest($1::text[]) AS word
WHERE EXISTS (SELECT FROM person WHERE NOT removed AND search_lexemes(name_words) @@ word::tsquery OFFSET 0)

-- at --
SELECT id AS ref, name FROM (
    SELECT id, name, address_words FROM person
    WHERE NOT removed AND address_words LIKE $1 AND {there}
    LIMIT 300
) AS found
ORDER BY length(address_words), name, id
LIMIT $2

-- people --
SELECT id AS ref, name FROM person WHERE NOT removed AND id = ANY ($1::text[]) AND {there}

-- there --
-- People with a membership that lasts in one of the places. Read once: a place has some hundreds.
person.id = ANY (ARRAY (
    SELECT person_id FROM membership
    WHERE NOT removed AND scope_kind = 'copropiedad' AND scope_id = ANY ({places}::text[])
      AND (until IS NULL OR until > now())
    UNION
    SELECT person_id FROM unit JOIN membership ON scope_kind = 'unit' AND scope_id = unit.id AND NOT removed
    WHERE copropiedad_id = ANY ({places}::text[]) AND (until IS NULL OR until > now())
))

-- of_many --
-- The same, where the people of the places are thousands: each person who is found is looked up.
EXISTS (
    SELECT FROM membership LEFT JOIN unit ON scope_kind = 'unit' AND unit.id = scope_id
    WHERE person_id = person.id AND NOT membership.removed AND (until IS NULL OR until > now())
      AND coalesce(unit.copropiedad_id, CASE scope_kind WHEN 'copropiedad' THEN scope_id END) = ANY ({places}::text[])
)

-- at_home --
-- People of the units with these numbers, by patterns of their names. A number has some units in each building: looked
-- at from there, a surname that thousands have costs nothing. An expression for each word: nothing serves ALL by itself.
SELECT person.id AS ref, person.name FROM (
    SELECT id FROM unit
    WHERE cardinality($1::text[]) > 0 AND {words} AND ($4::text[] IS NULL OR copropiedad_id = ANY ($4)) LIMIT 3000
) AS home
JOIN membership ON scope_kind = 'unit' AND scope_id = home.id AND NOT membership.removed
     AND (until IS NULL OR until > now())
JOIN person ON person.id = membership.person_id AND NOT person.removed
WHERE person.name_words ~ ALL ($2::text[])
GROUP BY person.id, person.name, person.name_words
ORDER BY length(person.name_words), person.name_words, person.id
LIMIT $3

-- homes --
SELECT scope_id AS id FROM membership
WHERE person_id = ANY ($1::text[]) AND scope_kind = 'unit' AND NOT removed AND (until IS NULL OR until > now())

-- roles --
SELECT membership.person_id, membership.role, unit.tower, unit.label, place.name AS building,
       coalesce(unit.copropiedad_id, CASE scope_kind WHEN 'copropiedad' THEN scope_id END, '') AS copropiedad
FROM membership LEFT JOIN unit ON scope_kind = 'unit' AND unit.id = scope_id
LEFT JOIN copropiedad AS place
       ON place.id = coalesce(unit.copropiedad_id, CASE scope_kind WHEN 'copropiedad' THEN scope_id END)
WHERE person_id = ANY ($1::text[]) AND NOT removed AND (until IS NULL OR until > now())
  AND ($2::text[] IS NULL
       OR coalesce(unit.copropiedad_id, CASE scope_kind WHEN 'copropiedad' THEN scope_id END) = ANY ($2))
ORDER BY membership.id
LIMIT 200

-- units --
-- `$1` are patterns: `% 30%` is a word that begins with `30`. `words` is a condition for each: no index serves LIKE ALL.
SELECT found.id, found.name, tower, copropiedad, place.name AS building FROM (
    SELECT id, label AS name, tower, copropiedad_id AS copropiedad, words FROM unit
    WHERE {words} AND ($4::text[] IS NULL OR copropiedad_id = ANY ($4))
    LIMIT 300
) AS found LEFT JOIN copropiedad AS place ON place.id = found.copropiedad
ORDER BY (SELECT count(*) FROM unnest($2::text[]) AS word WHERE strpos(found.words, ' ' || word || ' ') > 0) DESC,
         length(found.words), found.words, found.id
LIMIT $3

-- copropiedades --
-- Some hundreds: each is looked at.
SELECT id, name, id AS copropiedad, address FROM copropiedad
WHERE ($4::text[] IS NULL OR id = ANY ($4))
  AND NOT EXISTS (
      SELECT FROM unnest($1::text[], $2::text[]) AS asked (pattern, word)
      WHERE words NOT LIKE pattern AND (length(word) < 4 OR word_similarity(word, words) < 0.6)
  )
ORDER BY (SELECT sum(word_similarity(word, words)) FROM unnest($2::text[]) AS word) DESC, length(words), id
LIMIT $3

-- buildings_named --
-- Some hundreds: each is looked at, once for all words.
SELECT word, array_agg(id) AS ids
FROM copropiedad CROSS JOIN unnest($1::text[], $2::text[], $3::bool[]) AS asked (pattern, word, near)
WHERE ($4::text[] IS NULL OR id = ANY ($4))
  AND (words LIKE pattern OR near AND word_similarity(word, words) >= 0.6)
GROUP BY word

-- places --
SELECT unit.id, label AS name, tower, copropiedad_id AS copropiedad, NULL AS address, place.name AS building
FROM unit LEFT JOIN copropiedad AS place ON place.id = copropiedad_id
WHERE unit.id = ANY ($1::text[]) AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))
UNION ALL
SELECT id, name, NULL, id, address, name FROM copropiedad
WHERE id = ANY ($1) AND ($2 IS NULL OR id = ANY ($2))

-- events --
-- Two questions: no index of the months serves one with OR.
SELECT * FROM (
    SELECT key, id, type, time, case_key AS case, copropiedad_id AS copropiedad FROM event WHERE id = ANY ($1::text[])
    UNION
    SELECT key, id, type, time, case_key, copropiedad_id FROM event WHERE key = ANY ($2::uuid[])
) AS found
WHERE $4::text[] IS NULL OR copropiedad = ANY ($4)
ORDER BY key DESC
LIMIT $3

-- events_about --
-- By the words, then in order: in the order of the keys PostgreSQL would look at each event. A common word finds in
-- some months more than anybody reads. The bounds are no parameters: a plan for any would take a year for a day.
SELECT * FROM (
    SELECT key, id, type, time, case_key AS case, copropiedad_id AS copropiedad,
           coalesce(data ->> 'title', data ->> 'subject', data ->> 'instruction', data ->> 'obligation', data ->> 'report_kind')
               AS words
    FROM event
    WHERE data ?| '{{title, subject, instruction, obligation, report_kind}}'
      AND search_subject(data, copropiedad_id) @@ $1::text::tsquery
      AND key >= '{since}' AND key < '{until}'
    LIMIT 3000
) AS found
ORDER BY key DESC
LIMIT $2

-- events_of_units --
-- OFFSET 0: by the units, some tens with a handful of subjects in a year, and not by a word that thousands have.
SELECT key, id, type, time, "case", copropiedad, words FROM (
    SELECT key, id, type, time, case_key AS case, copropiedad_id AS copropiedad,
           coalesce(data ->> 'title', data ->> 'subject', data ->> 'instruction', data ->> 'obligation', data ->> 'report_kind')
               AS words, search_subject(data, copropiedad_id) AS lexemes
    FROM event
    WHERE data ?| '{title, subject, instruction, obligation, report_kind}' AND unit_id = ANY ($3::text[])
      AND ($4::text[] IS NULL OR copropiedad_id = ANY ($4))
    OFFSET 0
) AS found
WHERE lexemes @@ $1::text::tsquery
ORDER BY key DESC
LIMIT $2

-- messages --
SELECT id, event_key, event, person, name, channel, state, reason, created_at, copropiedad_id AS copropiedad
FROM message
WHERE id = ANY ($1::uuid[]) AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))

-- messages_of --
SELECT message.* FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (key, place)
CROSS JOIN LATERAL (
    SELECT id, event_key, event, person, name, channel, state, reason, created_at, copropiedad_id AS copropiedad
    FROM message
    WHERE event_key = asked.key AND id BETWEEN moment_start(asked.key) AND moment_end(asked.key)
      AND ($3::text[] IS NULL OR copropiedad_id = ANY ($3))
    LIMIT $2
) AS message
ORDER BY asked.place, message.id

-- communications --
-- As the list of communications has them: those of these copropiedades, and one's own that name none yet.
SELECT id, title, kind, state, places, changed_at FROM communication
WHERE search_lexemes(words) @@ $1::text::tsquery
  AND ($3::text[] IS NULL OR (places <@ $3 AND (places <> '{}' OR by = $4)))
ORDER BY changed_at DESC, id DESC
LIMIT $2
