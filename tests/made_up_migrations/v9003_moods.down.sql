-- Forgets moods, and the bulk runs that praised.
ALTER TABLE message DROP COLUMN mood;
DELETE FROM bulk_run WHERE kind = 'praise';
ALTER TABLE bulk_run
    DROP CONSTRAINT bulk_run_kind_check,
    ADD CONSTRAINT bulk_run_kind_check CHECK (kind IN ('resend', 'cancel', 'replay', 'discard', 'printed'));
