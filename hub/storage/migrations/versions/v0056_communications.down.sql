-- Loses what people at the company have written and planned, sent or not; what was sent stays as events and messages.
ALTER TABLE inbox_item DROP COLUMN recalled_at;

DROP TABLE communication_file, communication_row, communication_person, communication_part, communication_plan, communication;
