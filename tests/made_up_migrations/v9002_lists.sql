CREATE INDEX message_by_name ON ONLY message (name, created_at);

CREATE INDEX message_by_locale ON ONLY message (locale, created_at) WHERE locale <> 'en';

CREATE INDEX event_by_data ON ONLY event USING gin (data);
