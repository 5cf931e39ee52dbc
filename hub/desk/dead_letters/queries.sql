Dead letters as staff reads them; storage/sql/dead_letters.sql has what the way needs.

-- dead --
-- Merges the newest rows of each state: one index serves the list with and without a state filter.
SELECT found.* FROM unnest($4::text[]) AS asked (state)
CROSS JOIN LATERAL (
    SELECT id, reason, field, event_type, received_at, times, state, sender, wrong_sender FROM dead_letter
    WHERE dead_letter.state = asked.state AND received_at <= $1 AND (received_at, id) < ($1, $2)
      AND ($5::text IS NULL OR strpos(reason, $5) > 0) AND ($6::text IS NULL OR event_type = $6)
    ORDER BY received_at DESC, id DESC
    LIMIT $3
) AS found
ORDER BY received_at DESC, id DESC
LIMIT $3

-- open --
SELECT count(*) AS n, max(received_at) AS newest FROM dead_letter WHERE state = 'open'
