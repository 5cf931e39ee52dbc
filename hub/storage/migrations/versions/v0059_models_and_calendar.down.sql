-- Loses the templates of communications that staff saved, and the links of their calendars.
DROP TABLE calendar_link, communication_model;

DROP INDEX poster_ends;
