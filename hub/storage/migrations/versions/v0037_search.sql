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

-- Each word a lexeme: a word that thousands of names have is one list of an index, its groups of three letters are many.
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

-- Generated: whoever changes or erases a name changes what is found. Comparing is then no call of a function.
ALTER TABLE person
    ADD COLUMN name_words text GENERATED ALWAYS AS (search_words(name)) STORED,
    ADD COLUMN address_words text GENERATED ALWAYS AS (search_addresses(contact_points)) STORED;

ALTER TABLE unit ADD COLUMN words text GENERATED ALWAYS AS (search_unit(id, tower, label)) STORED;

ALTER TABLE copropiedad
    ADD COLUMN words text GENERATED ALWAYS AS (search_words(id || ' ' || name || ' ' || coalesce(address, ''))) STORED;

CREATE INDEX person_name_words ON person USING gin (search_lexemes(name_words)) WHERE NOT removed;

CREATE INDEX person_address_words ON person USING gin (address_words gin_trgm_ops) WHERE NOT removed;

CREATE INDEX unit_words ON unit USING gin (words gin_trgm_ops);

-- Payments, invoices and packages have none of the fields: of these intake pays for a comparison only. The list of what
-- is not sorted in yet is short, so that neither a search nor the commit that empties it waits long.
CREATE INDEX event_subject_words ON ONLY event USING gin (search_subject(data, copropiedad_id))
    WITH (gin_pending_list_limit = 256)
    WHERE data ?| '{title, subject, instruction, obligation, report_kind}';
