-- Loses which numbers were given, so that the next ones begin again; the cases stay with theirs.
DROP TABLE registration, radicado_series;
