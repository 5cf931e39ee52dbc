-- Loses nothing: what the search looks in is made of what else is stored.
DROP INDEX event_subject_words;

ALTER TABLE copropiedad DROP COLUMN words;

ALTER TABLE unit DROP COLUMN words;

ALTER TABLE person DROP COLUMN address_words, DROP COLUMN name_words;

DROP FUNCTION search_subject(jsonb, text);

DROP FUNCTION search_lexemes(text);

DROP FUNCTION search_unit(text, text, text);

DROP FUNCTION search_addresses(jsonb);

DROP FUNCTION search_words(text);

DROP EXTENSION pg_trgm;

DROP EXTENSION unaccent;
