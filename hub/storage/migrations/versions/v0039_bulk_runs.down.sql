-- Forgets which bulk actions there were, and what they did: what they did stays done.
DROP TABLE bulk_item;

DROP TABLE bulk_run;
