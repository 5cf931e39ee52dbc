-- The host of an address as the policy names it: without the port that is usual.
CREATE FUNCTION document_host(url text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(regexp_replace(
    lower(substring(url FROM '^[^:/]+://[^/?#]+')),
    '^(?:https://(.*?)(?::443)?|http://(.*?)(?::80)?)$',
    '\1\2'
), '');

-- Documents are fetched host by host. It replaces the index of all by time.
CREATE INDEX document_request_host ON document_request (document_host(url), next_at) WHERE state = 'asked';
DROP INDEX document_request_due;
