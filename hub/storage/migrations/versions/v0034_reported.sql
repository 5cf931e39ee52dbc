-- Messages that somebody said not to recognise, each once; `at` is the time of its event. Nothing of a person.
CREATE TABLE reported (
    message_id uuid PRIMARY KEY,
    at timestamptz NOT NULL
);
