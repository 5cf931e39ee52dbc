Posters as staff sees and moves them. `{seen}` is the statement of that name in storage/sql/posters.sql.

-- unprinted --
-- To be printed: by the index poster_unprinted. OFFSET 0: else the newest of all years would be gone through.
AND poster.printed_at IS NULL AND poster.hangs_until > now() OFFSET 0

-- on_paper --
AND poster.printed_at IS NOT NULL AND poster.taken_down_at IS NULL OFFSET 0

-- every --
SELECT {fields} FROM ({seen}
    WHERE (poster.created_at, poster.id) < ($1, $2)
      AND ($4::text[] IS NULL OR poster.copropiedad_id = ANY ($4))
      AND ($5::text IS NULL OR poster.copropiedad_id = $5)
      {narrowed}
) AS poster
WHERE $6::text IS NULL OR state = $6
ORDER BY created_at DESC, id DESC
LIMIT $3

-- show --
SELECT {fields} FROM ({seen} WHERE poster.id = $1
  AND ($2::text[] IS NULL OR poster.copropiedad_id = ANY ($2))) AS poster

-- printed --
UPDATE poster SET printed_at = now(), printed_by = $2 WHERE id = $1 AND printed_at IS NULL
RETURNING id

-- hung --
UPDATE poster SET hung_at = now(), hung_by = $2,
    printed_at = coalesce(printed_at, now()), printed_by = coalesce(printed_by, $2)
WHERE id = $1 AND hung_at IS NULL AND taken_down_at IS NULL
RETURNING id

-- taken_down --
UPDATE poster SET taken_down_at = now(), taken_down_by = $2
WHERE id = $1 AND printed_at IS NOT NULL AND taken_down_at IS NULL
RETURNING id
