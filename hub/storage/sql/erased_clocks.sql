Clocks of an erased person: each statement may be repeated, and changes only what is left.

-- of_cases --
SELECT id, case_key, opened_by, context, promise ->> 'follow_up' IS NOT NULL AS is_follow_up FROM clock
WHERE case_key = ANY ($1::text[]) AND context IS NOT NULL

-- left_behind --
-- The month of their event is dropped: clocks stay for the figures.
SELECT id, case_key, opened_by, context, promise ->> 'follow_up' IS NOT NULL AS is_follow_up FROM clock
WHERE context IS NOT NULL
  AND EXISTS (SELECT FROM unnest($1::text[]) AS sought WHERE position(sought IN lower(context::text)) > 0)
  AND NOT EXISTS (SELECT FROM event WHERE event.key = clock.opened_by)
FOR UPDATE OF clock

-- put --
UPDATE clock SET context = $2 WHERE id = $1
