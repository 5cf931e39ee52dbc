Sheets of people that are looked at and applied in the browser.

-- add --
INSERT INTO sheet_import (id, by, report, content) VALUES ($1, $2, $3, $4)

-- one --
SELECT id, made_at, by, state, report, end_missing, total, done, ended_at, left_as_is,
       coalesce(content -> 'shown', '[]') AS shown
FROM sheet_import WHERE id = $1

-- recent --
SELECT id, made_at, by, state, report, end_missing, total, done, ended_at, left_as_is, '[]'::jsonb AS shown
FROM sheet_import ORDER BY made_at DESC, id LIMIT $1

-- start --
UPDATE sheet_import SET state = 'running', end_missing = $2, done = 0 WHERE id = $1 AND state = 'looked'
RETURNING id

-- take_back --
UPDATE sheet_import SET state = 'undoing', done = 0, total = jsonb_array_length(written)
WHERE id = $1 AND state = 'done'
RETURNING id

-- live --
SELECT id, state FROM sheet_import WHERE state IN ('running', 'undoing') ORDER BY id LIMIT 1

-- content --
-- Again within the transaction that writes: another process may have done it meanwhile.
SELECT content, end_missing FROM sheet_import WHERE id = $1 AND state = 'running'

-- written --
SELECT entry ->> 0 AS noun, entry ->> 1 AS id, (entry ->> 2)::bigint AS version
FROM sheet_import CROSS JOIN LATERAL jsonb_array_elements(written) WITH ORDINALITY AS listed (entry, place)
WHERE sheet_import.id = $1 AND state = 'undoing'
ORDER BY place DESC

-- before --
-- What stood there before these versions, where it still has its words.
SELECT given.id, earlier.data
FROM unnest($2::text[], $3::bigint[]) AS given (id, version)
CROSS JOIN LATERAL (
    SELECT data, removed FROM directory_version
    WHERE kind = $1 AND directory_version.id = given.id AND directory_version.version < given.version
    ORDER BY version DESC LIMIT 1
) AS earlier
WHERE NOT earlier.removed AND earlier.data <> '{}'

-- step --
UPDATE sheet_import SET done = $2, total = $3 WHERE id = $1

-- finish --
UPDATE sheet_import
SET state = $2, ended_at = now(), content = NULL, written = coalesce($3, written), left_as_is = $4, done = total
WHERE id = $1 AND state IN ('running', 'undoing')

-- forget --
-- A way back is of use for some weeks.
WITH old AS (
    DELETE FROM sheet_import WHERE made_at < now() - interval '90 days'
)
UPDATE sheet_import SET state = 'forgotten', content = NULL
WHERE state = 'looked' AND made_at BETWEEN now() - interval '90 days' AND now() - interval '1 day'
