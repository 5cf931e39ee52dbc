-- Loses which source each case belongs to, and whose cases a key may add to: any source may answer any case again.
DROP TABLE case_owner;
ALTER TABLE api_key DROP COLUMN cases_of;
