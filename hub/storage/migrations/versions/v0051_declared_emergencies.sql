-- Emergencies of the last days: a handful among all events.
CREATE INDEX event_emergency ON ONLY event (type, time) WHERE type = 'co.coproservicios.emergency.declared.v1';
