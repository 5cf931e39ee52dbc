-- Loses nothing: a search for words of a unit's subjects reads those of all units without it.
DROP INDEX event_unit_subject;
