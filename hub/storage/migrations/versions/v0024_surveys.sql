-- At most one survey per person and time: the survey that has the person's turn, and since when.
CREATE TABLE survey_turn (
    person text COLLATE "C" PRIMARY KEY,
    event_key uuid NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT now()
);

-- The indicators of a year read these events and no others.
CREATE INDEX event_survey ON ONLY event (type, time)
WHERE type IN ('co.coproservicios.survey.requested.v1', 'co.coproservicios.survey.answered.v1');
