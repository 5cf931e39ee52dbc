-- The last number of each series. A row lock makes two at once wait for one another: no gap, no double.
CREATE TABLE radicado_series (
    series text COLLATE "C" NOT NULL,
    copropiedad_id text COLLATE "C" NOT NULL,
    year smallint NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (series, copropiedad_id, year)
);

-- What staff registered; `id` is the key of its event. `form` is the id of the form that was filled in: the same form twice is one registration.
-- `event` are the bytes that are to be published of it, and gone once they are: a person's words stand in the event.
-- The timers publish what a killed process has not.
CREATE TABLE registration (
    id uuid PRIMARY KEY,
    form uuid NOT NULL UNIQUE,
    series text COLLATE "C" NOT NULL,
    copropiedad_id text COLLATE "C" NOT NULL,
    year smallint NOT NULL,
    number integer NOT NULL,
    radicado text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    event bytea,
    by text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    published_at timestamptz,
    CHECK ((published_at IS NULL) = (event IS NOT NULL)),
    UNIQUE (series, copropiedad_id, year, number)
);

CREATE INDEX registration_unpublished ON registration (at) WHERE published_at IS NULL;

CREATE INDEX registration_list ON registration (at DESC, id DESC);
