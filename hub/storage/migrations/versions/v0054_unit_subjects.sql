-- The subjects of a unit, of which it has a handful in a year: a search for "302 humedad" reads no others.
CREATE INDEX event_unit_subject ON ONLY event (unit_id, key)
WHERE unit_id IS NOT NULL AND data ?| '{title, subject, instruction, obligation, report_kind}';
