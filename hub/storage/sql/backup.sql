Back-ups: what a copy has, and the mark of a restored one.

-- snapshot --
SELECT pg_export_snapshot() AS snapshot, now() AS at, current_setting('server_version') AS server,
       (SELECT version_num FROM alembic_version) AS revision

-- tables --
-- Of a partitioned table its parts.
SELECT quote_ident(relname) AS name FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname <> 'alembic_version'
ORDER BY relname

-- objects --
SELECT count(*) AS n FROM pg_class WHERE relnamespace = current_schema()::regnamespace

-- unmark --
-- A pause of everything that the copy has may end by itself, which that of a restore must not.
DELETE FROM pause WHERE subject = 'all'

-- mark --
-- As old as the copy: messages planned before may have left since.
INSERT INTO pause (subject, since, by, reason) VALUES ('all', $1, $2, $3)

-- release --
INSERT INTO alembic_version (version_num) VALUES ($1)
