-- Loses nothing: reminders of tasks read all events of their period without it.
DROP INDEX event_task;
