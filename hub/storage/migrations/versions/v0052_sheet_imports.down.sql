-- Loses the sheets that were looked at in the browser, and the way back of those and of joined people.
DROP TABLE person_join;

DROP TABLE sheet_import;
