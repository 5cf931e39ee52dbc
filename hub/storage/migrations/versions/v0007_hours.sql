-- What became of a text by which a level takes a matter on (TOMO), as it was decided when it came.

ALTER TABLE reply
    ADD COLUMN taking jsonb,
    DROP CONSTRAINT reply_kind_check,
    ADD CONSTRAINT reply_kind_check
        CHECK (kind IN ('reply', 'opt_out', 'opt_in', 'take_on', 'automatic', 'complaint'));

DROP INDEX reply_unpublished;

CREATE INDEX reply_unpublished ON reply (received_at)
    WHERE published_at IS NULL AND kind IN ('reply', 'opt_out', 'opt_in', 'take_on');
