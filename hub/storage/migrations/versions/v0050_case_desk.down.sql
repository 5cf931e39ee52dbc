-- Loses the notes of staff, which cases sleep or go on in another, and everybody's saved views.
DROP TABLE saved_view;

DROP TABLE case_merge;

DROP TABLE case_snooze;

DROP TABLE case_note;
