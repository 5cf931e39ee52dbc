-- The result of a text by which a level takes a case (TOMO), as decided when the text arrived.

ALTER TABLE reply
    ADD COLUMN taking jsonb,
    DROP CONSTRAINT reply_kind_check,
    ADD CONSTRAINT reply_kind_check
        CHECK (kind IN ('reply', 'opt_out', 'opt_in', 'take_on', 'automatic', 'complaint'));

DROP INDEX reply_unpublished;

CREATE INDEX reply_unpublished ON reply (received_at)
    WHERE published_at IS NULL AND kind IN ('reply', 'opt_out', 'opt_in', 'take_on');

-- Working hours of a single staff membership; NULL: the company's.
ALTER TABLE membership ADD COLUMN hours jsonb;

-- For people with own hours in any membership: the hours of each membership, NULL for the company's.
CREATE VIEW own_hours AS
SELECT person_id, jsonb_agg(DISTINCT hours) AS weeks
FROM membership
WHERE role = 'staff' AND NOT removed
  AND (since IS NULL OR since <= now())
  AND (until IS NULL OR until > now())
GROUP BY person_id
HAVING bool_or(hours IS NOT NULL);
