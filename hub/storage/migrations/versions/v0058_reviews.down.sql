-- Loses who released what, and the events of other systems that wait for a release: release or refuse them before.
DROP TABLE held_event, approval;
