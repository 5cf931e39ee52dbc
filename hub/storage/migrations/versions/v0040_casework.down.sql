-- Forgets who of the staff has which case, and which replies were read, assigned or answered.
DROP INDEX clock_board;

DROP INDEX clock_running_case;

DROP INDEX event_of_case;

DROP INDEX reply_of_thread;

DROP TABLE reply_task;

DROP TABLE case_task;
