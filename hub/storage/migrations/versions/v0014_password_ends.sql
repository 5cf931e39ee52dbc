-- Until when a one-time password opens. Those that are waiting have 72 hours from now.
ALTER TABLE account ADD COLUMN password_until timestamptz;

UPDATE account SET password_until = now() + interval '72 hours' WHERE must_change;
