-- Forgets the wrong codes of today, and who last reset each password; the audit still has both.
ALTER TABLE second_factor DROP COLUMN tries, DROP COLUMN since;
ALTER TABLE account DROP COLUMN reset_at, DROP COLUMN reset_by;
