ALTER TABLE message ADD COLUMN mood text;

UPDATE message SET mood = 'calm' WHERE state = 'delivered';

ALTER TABLE bulk_run
    DROP CONSTRAINT bulk_run_kind_check,
    ADD CONSTRAINT bulk_run_kind_check
        CHECK (kind IN ('resend', 'cancel', 'replay', 'discard', 'printed', 'praise'));
