-- Lists by name are slower again.
DROP INDEX message_by_name;
DROP INDEX message_by_locale;
DROP INDEX event_by_data;
