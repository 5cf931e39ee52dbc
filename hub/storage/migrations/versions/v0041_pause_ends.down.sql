-- Forgets when pauses end by themselves: somebody must end them.
ALTER TABLE pause DROP COLUMN ends_at;
