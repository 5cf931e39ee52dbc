CREATE TABLE sum_of_source (
    source text COLLATE "C" PRIMARY KEY,
    events bigint NOT NULL
);

INSERT INTO sum_of_source (source, events)
SELECT source, count(*) FROM event GROUP BY source;
