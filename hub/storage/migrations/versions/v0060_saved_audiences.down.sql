-- Lost: saved audiences, who has saved drafts, exceptions by lists, and what plans made of each person.
DROP TABLE saved_audience;

ALTER TABLE communication DROP COLUMN writers;

ALTER TABLE communication_plan DROP COLUMN leased_until;

ALTER TABLE communication_person DROP COLUMN channels, DROP COLUMN left_out;

DELETE FROM communication_row WHERE side = 'without' OR unit IS NOT NULL;

ALTER TABLE communication_row DROP CONSTRAINT communication_row_pkey,
    DROP COLUMN side,
    DROP COLUMN unit,
    ADD PRIMARY KEY (communication, place);
