-- A new kind of bulk run.
ALTER TABLE bulk_run
    DROP CONSTRAINT bulk_run_kind_check,
    ADD CONSTRAINT bulk_run_kind_check CHECK (kind IN ('resend', 'cancel', 'replay', 'discard', 'printed'));
