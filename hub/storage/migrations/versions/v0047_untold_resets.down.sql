-- Loses the notices of the last seconds: people whose password was reset then do not hear of it.
DROP TABLE untold_reset;
