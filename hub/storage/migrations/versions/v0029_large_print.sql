ALTER TABLE person ADD COLUMN large_print boolean NOT NULL DEFAULT false;
