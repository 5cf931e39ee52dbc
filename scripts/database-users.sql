-- The two users of the hub's database: hub_owner owns what is in it and migrates, hub_app is the roles'.
-- For psql, as an administrator, in that database; safe to repeat. Their passwords are in two files, in the folder
-- `secrets`: psql -d hub -v secrets=FOLDER -f database-users.sql
-- What belongs to another user of today, such as that of an older version, becomes the owner's.
\set ON_ERROR_STOP on
\if :{?secrets}
\else
    \set secrets /run/secrets
\endif
\set owner_password `cat :'secrets'/database_owner_password`
\set app_password `cat :'secrets'/database_password`

BEGIN;
SELECT format('CREATE ROLE %I', name) FROM (VALUES ('hub_owner'), ('hub_app')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
ALTER ROLE hub_owner LOGIN PASSWORD :'owner_password';
ALTER ROLE hub_app LOGIN PASSWORD :'app_password';
ALTER DATABASE :"DBNAME" OWNER TO hub_owner;
-- A database that comes from PostgreSQL 14 or older lets everybody make tables.
ALTER SCHEMA public OWNER TO pg_database_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SELECT format('ALTER TABLE %s OWNER TO hub_owner', oid::regclass) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
\gexec
SELECT format('ALTER ROUTINE %s OWNER TO hub_owner', oid::regprocedure) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
\gexec
COMMIT;
