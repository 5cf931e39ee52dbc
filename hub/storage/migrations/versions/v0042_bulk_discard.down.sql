-- Loses the runs that discard dead letters: one that has not ended is stopped, and what it has done stays done.
DELETE FROM bulk_run WHERE kind = 'discard';
ALTER TABLE bulk_run
    DROP CONSTRAINT bulk_run_kind_check,
    ADD CONSTRAINT bulk_run_kind_check CHECK (kind IN ('resend', 'cancel', 'replay', 'printed'));
