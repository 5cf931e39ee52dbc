-- Who was meant and who was left out, what people consented to, and who may sign in.

-- Which state of the directory a plan was made from: the greatest `position` that it saw.
ALTER TABLE directory_version ADD COLUMN position bigint GENERATED ALWAYS AS IDENTITY;

-- Who was there before there was a history was there whenever it is asked; of what, nobody wrote down.
INSERT INTO directory_version (kind, id, version, time, since, removed, data)
SELECT 'person', id, version, now(), CASE WHEN removed THEN now() ELSE 'epoch' END, removed, '{}'
FROM person
ON CONFLICT DO NOTHING;

-- So was where each unit is.
INSERT INTO directory_version (kind, id, version, time, since, removed, data)
SELECT 'unit', id, version, now(), 'epoch', false,
       jsonb_strip_nulls(jsonb_build_object(
           'unit_id', id, 'version', version, 'copropiedad_id', copropiedad_id, 'tower', tower, 'floor', floor,
           'label', label, 'coefficient', coefficient
       ))
FROM unit
ON CONFLICT DO NOTHING;

CREATE INDEX directory_version_position ON directory_version (position);

-- Which units were of a copropiedad on a day.
CREATE INDEX directory_version_unit ON directory_version (((data ->> 'copropiedad_id') COLLATE "C"))
    WHERE kind = 'unit';

-- Everybody of a role in the whole directory, page by page.
CREATE INDEX membership_role ON membership (role, person_id) WHERE NOT removed;

-- The units that a message of somebody with several is about.
ALTER TABLE message ADD COLUMN units jsonb;

-- Whom each audience of an event meant when it was planned. `groups` is what was looked up, `people` how many that
-- were, `why` the reason why nobody or not everybody is told.
CREATE TABLE audience_record (
    event_key uuid,
    audience smallint,
    planned_at timestamptz NOT NULL,
    directory_version bigint NOT NULL,
    people integer NOT NULL,
    why text COLLATE "C",
    groups jsonb NOT NULL,
    PRIMARY KEY (event_key, audience)
);

-- Those of an audience who were not told, each with the reason.
CREATE TABLE left_out (
    event_key uuid,
    audience smallint,
    person text COLLATE "C",
    reason text COLLATE "C" NOT NULL,
    detail text COLLATE "C",
    PRIMARY KEY (event_key, audience, person)
);

CREATE INDEX left_out_person ON left_out (person);

-- Why nobody was told of an event: it may never have been taken in.
CREATE INDEX dead_letter_event ON dead_letter (event_id) WHERE event_id IS NOT NULL;

-- What people said yes and no to. Never changed: `hub.contact_rules.consents` says what counts.
-- `said_by` is the key of the event, or the id of the reply, that brought it.
CREATE TABLE consent (
    id uuid PRIMARY KEY,
    person text COLLATE "C" NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    granted boolean NOT NULL,
    channels text[] COLLATE "C" NOT NULL,
    text_version text,
    method text,
    evidence_hash text,
    said_by uuid NOT NULL
);

CREATE INDEX consent_person ON consent (person, purpose, at DESC, id DESC);

-- People who sign in to the console. The name is what they sign in with, in lower case.
CREATE TABLE account (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz,
    locked_until timestamptz,
    signed_in_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    must_change boolean NOT NULL,
    name text COLLATE "C" NOT NULL UNIQUE,
    display_name text NOT NULL,
    password_hash text NOT NULL,
    created_by text NOT NULL
);

-- What somebody may do where; '' is everywhere.
CREATE TABLE account_role (
    account_id uuid REFERENCES account ON DELETE CASCADE,
    copropiedad_id text COLLATE "C",
    role text COLLATE "C",
    PRIMARY KEY (account_id, copropiedad_id, role)
);

-- Only the hash of what the cookie holds. Without an account: opened with HUB_API_KEY.
CREATE TABLE session (
    hash bytea PRIMARY KEY,
    account_id uuid REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);

CREATE INDEX session_account ON session (account_id);

-- Where messages and clocks belong: whoever reaches some copropiedades sees no others. What has no place of its
-- own (NULL) is for who reaches everywhere.
ALTER TABLE message ADD COLUMN copropiedad_id text COLLATE "C";

UPDATE message SET copropiedad_id = event.copropiedad_id
FROM event WHERE event.key = message.event_key AND event.copropiedad_id IS NOT NULL;

-- Lists and counts of a copropiedad, as `message_state` does for all of them.
CREATE INDEX message_place ON message (copropiedad_id, state, created_at) WHERE copropiedad_id IS NOT NULL;

ALTER TABLE clock ADD COLUMN copropiedad_id text COLLATE "C";

UPDATE clock SET copropiedad_id = coalesce(
    context ->> 'copropiedad_id', (SELECT event.copropiedad_id FROM event WHERE event.key = clock.opened_by)
);

CREATE INDEX clock_place ON clock (copropiedad_id, state, started_at) WHERE copropiedad_id IS NOT NULL;

-- Whose data a note is about: who looked at mine, may everybody ask (Ley 1581 de 2012, art. 8).
ALTER TABLE audit ADD COLUMN person text COLLATE "C";

UPDATE audit SET person = substr(subject, 8) WHERE starts_with(subject, 'person:');

CREATE INDEX audit_person ON audit (person, at, id) WHERE person IS NOT NULL;

-- Who told it. What systems say of a person by events is no note: it is this row.
ALTER TABLE directory_version ADD COLUMN source text;
