-- Forgets which messages people did not recognise; their events stay.
DROP TABLE reported;
