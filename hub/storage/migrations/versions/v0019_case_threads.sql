-- A case by the number that people know. A clock copies it from the event that starts it.
CREATE INDEX clock_radicado ON clock ((context ->> 'radicado')) WHERE context ->> 'radicado' IS NOT NULL;

-- The replies of a case, also those of which there is no event: automatic ones, complaints.
CREATE INDEX reply_case ON reply (case_key) WHERE case_key IS NOT NULL;
