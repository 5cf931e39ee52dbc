Indexes of the divided tables whose parts are not all built.

-- missing --
SELECT whole.indexrelid::regclass::text AS whole, pg_get_indexdef(whole.indexrelid) AS definition,
       month.inhrelid::regclass::text AS month
FROM pg_index AS whole
JOIN pg_class AS divided ON divided.oid = whole.indrelid AND divided.relkind = 'p'
JOIN pg_inherits AS month ON month.inhparent = divided.oid
WHERE NOT whole.indisvalid AND divided.relnamespace = current_schema()::regnamespace
  AND pg_has_role(divided.relowner, 'USAGE')
  AND NOT EXISTS (
      SELECT FROM pg_inherits AS attached JOIN pg_index AS part ON part.indexrelid = attached.inhrelid
      WHERE attached.inhparent = whole.indexrelid AND part.indrelid = month.inhrelid
  )
ORDER BY whole.indexrelid, month.inhrelid::regclass::text

-- left_over --
-- Parts that an interrupted upgrade has not built whole, or not attached: they are in nobody's use.
SELECT part.indexrelid::regclass::text AS name
FROM pg_index AS part
JOIN pg_inherits AS month ON month.inhrelid = part.indrelid
JOIN pg_class AS divided ON divided.oid = month.inhparent
WHERE NOT EXISTS (SELECT FROM pg_inherits AS attached WHERE attached.inhrelid = part.indexrelid)
  AND (
      NOT part.indisvalid OR regexp_replace(pg_get_indexdef(part.indexrelid), '^.*? ON \S+ ', '') IN (
          SELECT regexp_replace(pg_get_indexdef(whole.indexrelid), '^.*? ON ONLY \S+ ', '')
          FROM pg_index AS whole WHERE whole.indrelid = divided.oid AND NOT whole.indisvalid
      )
  )
  AND divided.relnamespace = current_schema()::regnamespace AND divided.relkind = 'p'

-- of_month --
SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = $1::text::regclass

-- one_at_a_time --
SELECT pg_try_advisory_lock(hashtext('hub indexes'))

-- done --
SELECT pg_advisory_unlock(hashtext('hub indexes'))

-- sizes --
-- PostgreSQL's estimates; a divided table has the rows of its months.
SELECT whole.relname::text AS name, coalesce(sum(greatest(part.reltuples, 0)), 0)::bigint AS rows
FROM pg_class AS whole
LEFT JOIN pg_inherits ON inhparent = whole.oid
JOIN pg_class AS part ON part.oid = coalesce(inhrelid, whole.oid)
WHERE whole.relkind IN ('r', 'p') AND whole.relnamespace = current_schema()::regnamespace
GROUP BY whole.relname
