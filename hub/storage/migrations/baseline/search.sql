-- What a search compares: words without accents. The indexes are beside their tables.

-- Both come with PostgreSQL (contrib) and are trusted: whoever may make things in the database may make them.
CREATE EXTENSION IF NOT EXISTS unaccent;

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- ` maria pena `: lower case, without accents, one space around each word. `unaccent` is only STABLE, because somebody
-- might change its dictionary; here it is named, and nobody does.
CREATE FUNCTION search_words(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ' ' || btrim(regexp_replace(
    lower(unaccent('unaccent'::regdictionary, normalize(given))), '[^a-z0-9]+', ' ', 'g'
)) || ' ';

-- Addresses and numbers, not the tokens of devices.
CREATE FUNCTION search_addresses(points jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT string_agg(lower(point ->> 'value'), ' ') FROM jsonb_array_elements(points) AS point
    WHERE point ->> 'kind' <> 'push'
);

-- A tower is called `2`, `T2` or `Torre 2`: by whom depends on the publisher.
CREATE FUNCTION search_unit(id text, tower text, label text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN search_words(
    id || ' ' || coalesce(tower || ' t' || coalesce(substring(tower FROM '\w+$'), '') || ' ', '') || label
);

-- Each word a lexeme: a word that thousands of names have is one list of an index, its groups of three letters are
-- many.
CREATE FUNCTION search_lexemes(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN array_to_tsvector(string_to_array(btrim(words), ' '));

-- The fields of an event that its subjects are made of, besides dates, amounts and the number of the case; and where it
-- belongs (`@ph-1`), so that the words of one copropiedad are found without those of all others.
CREATE FUNCTION search_subject(data jsonb, place text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_to_tsvector(
    string_to_array(btrim(search_words(left(
        coalesce(data ->> 'title', '') || ' ' || coalesce(data ->> 'subject', '') || ' '
        || coalesce(data ->> 'instruction', '') || ' ' || coalesce(data ->> 'obligation', '') || ' '
        || coalesce(data ->> 'report_kind', ''),
        500
    ))), ' ') || CASE WHEN place IS NULL THEN '{}' ELSE ARRAY['@' || place] END
);
