-- The inbox as people use it.

-- `waiting`: it lies in the inbox, unread. The rows of before have had narrower states: there is nothing to validate.
ALTER TABLE message DROP CONSTRAINT message_state_check;

ALTER TABLE message
    ADD CONSTRAINT message_state_check CHECK (state IN (
        'queued', 'sending', 'sent', 'waiting', 'delivered', 'read', 'held', 'retrying',
        'failed', 'bounced', 'suppressed', 'expired', 'cancelled'
    )) NOT VALID;

-- Nobody could read the inbox before: what counts there as delivered has reached nobody.
UPDATE message SET state = 'waiting' WHERE state = 'delivered' AND channel = 'inbox';

-- A person's entries, newest first; and those that wait, which every page counts.
DROP INDEX inbox_item_person;

CREATE INDEX inbox_item_person ON inbox_item (person, created_at DESC, id DESC);

CREATE INDEX inbox_item_unread ON inbox_item (person, created_at DESC, id DESC) WHERE read_at IS NULL;

-- The streams of a process ask what has come to any of their people since they last looked.
ALTER TABLE inbox_item ADD COLUMN place bigint GENERATED ALWAYS AS IDENTITY;

CREATE INDEX inbox_item_place ON inbox_item (place);

-- Who of the directory signs in by this account: "Mi bandeja" is this person's.
ALTER TABLE account ADD COLUMN person text COLLATE "C";
