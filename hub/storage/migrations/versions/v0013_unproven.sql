-- INICIAR or BAJA by a mail that anybody could have written: the hub asks the address, and nothing else follows.

ALTER TABLE reply
    DROP CONSTRAINT reply_kind_check,
    ADD CONSTRAINT reply_kind_check
        CHECK (kind IN ('reply', 'opt_out', 'opt_in', 'unproven', 'take_on', 'automatic', 'complaint'));

DROP INDEX reply_unpublished;

CREATE INDEX reply_unpublished ON reply (received_at)
    WHERE published_at IS NULL AND kind IN ('reply', 'opt_out', 'opt_in', 'unproven', 'take_on');
