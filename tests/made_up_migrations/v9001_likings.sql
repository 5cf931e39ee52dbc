CREATE TABLE liking (
    id uuid PRIMARY KEY,
    account_id uuid REFERENCES account ON DELETE CASCADE,
    since timestamptz NOT NULL DEFAULT now(),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('much', 'little'))
);

CREATE INDEX liking_since ON liking (since);

CREATE FUNCTION keep_liking() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO liking (id, kind) VALUES (NEW.id, 'little') ON CONFLICT DO NOTHING; RETURN NULL; END $$;

CREATE TRIGGER message_liked AFTER INSERT ON message
    FOR EACH ROW WHEN (NEW.state = 'read') EXECUTE FUNCTION keep_liking();
