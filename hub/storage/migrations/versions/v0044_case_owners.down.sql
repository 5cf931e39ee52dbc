-- Loses which source each case belongs to, whose cases a key may add to, and what tells a repeat from another event.
DROP TABLE case_owner;
ALTER TABLE api_key DROP COLUMN cases_of;
ALTER TABLE event DROP COLUMN content;
