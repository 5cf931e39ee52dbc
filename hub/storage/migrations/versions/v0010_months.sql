-- The ids of one millisecond: an event's messages are among them. Both are inlined, so that a month is found.
CREATE FUNCTION moment_start(id uuid) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (left(id::text, 13) || '-0000-0000-000000000000')::uuid;

CREATE FUNCTION moment_end(id uuid) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (left(id::text, 13) || '-ffff-ffff-ffffffffffff')::uuid;

-- Expanded page by page and not finished: what keeps a month.
CREATE INDEX event_unplanned ON event (key) WHERE planned_at IS NULL;

-- The events that wait for a party of their case: few, whatever the number of months. An expression, so that the
-- planner cannot take the index of all events of the case.
CREATE INDEX event_waiting ON event ((case_key || '')) WHERE waiting;
