-- Signs residents out of their own page, and forgets codes that were not used yet.
DROP TABLE resident_session;

DROP TABLE resident_code;
