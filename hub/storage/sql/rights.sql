What the two users of the database may do: the owner of the tables, and the user of the roles.

-- who --
-- `place` says which database it is: an address may have several names.
SELECT current_user AS user,
       (SELECT oid FROM pg_database WHERE datname = current_database())
           || ' ' || pg_postmaster_start_time() AS place,
       coalesce(
           (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('audit')), true
       ) AS owns

-- names --
SELECT quote_ident($1::text) AS user, quote_ident(current_schema()) AS schema

-- may_change_audit --
-- As itself, or as anybody whom it may become.
SELECT bool_or(rolsuper) AS is_superuser,
       bool_or(role.oid = (SELECT relowner FROM pg_class WHERE oid = 'audit'::regclass)) AS is_owner,
       bool_or(rolcreaterole OR has_table_privilege(role.oid, 'audit', 'UPDATE, DELETE, TRUNCATE, TRIGGER'))
           AS may_change
FROM pg_roles AS role
WHERE pg_has_role(role.oid, 'MEMBER')
