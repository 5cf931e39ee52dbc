-- From `ends_at` on the pause holds nothing; the timers take it away and release what it held.
ALTER TABLE pause ADD COLUMN ends_at timestamptz;
