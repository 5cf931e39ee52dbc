-- The contact points that a version took from a person, until they are notified of it: in the row of the version, so
-- that neither is written without the other.

ALTER TABLE directory_version ADD COLUMN to_notify jsonb;

CREATE INDEX directory_version_to_notify ON directory_version (position) WHERE to_notify IS NOT NULL;
