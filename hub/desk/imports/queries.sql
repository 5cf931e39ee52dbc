What a sheet is compared with, besides the directory itself.

-- by_hand --
-- People whose newest version is a correction by staff.
SELECT given.id FROM unnest($1::text[]) AS given (id)
CROSS JOIN LATERAL (
    SELECT source FROM directory_version WHERE kind = 'person' AND id = given.id ORDER BY version DESC LIMIT 1
) AS newest
WHERE newest.source = $2
