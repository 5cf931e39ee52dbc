-- Loses the sheets that were looked at in the browser, and the way back of those that were applied.
DROP TABLE sheet_import;
