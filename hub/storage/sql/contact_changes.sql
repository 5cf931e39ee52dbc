Versions of people with former contacts that are to be notified.

-- unnotified --
SELECT id AS person, version, received_at AS at, coalesce(source, '') AS source, to_notify,
       EXISTS (SELECT FROM marked WHERE marked.person = directory_version.id) AS marked
FROM directory_version
WHERE to_notify IS NOT NULL
ORDER BY position
LIMIT $1

-- mark_notified --
UPDATE directory_version SET to_notify = NULL
FROM unnest($1::text[], $2::bigint[]) AS done (id, version)
WHERE kind = 'person' AND directory_version.id = done.id AND directory_version.version = done.version
