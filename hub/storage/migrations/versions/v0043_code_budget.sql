-- `tries` are the wrong codes from `since` on, and those that are checked at this moment.
ALTER TABLE second_factor ADD COLUMN tries int NOT NULL DEFAULT 0, ADD COLUMN since timestamptz;
ALTER TABLE account ADD COLUMN reset_at timestamptz, ADD COLUMN reset_by text;
