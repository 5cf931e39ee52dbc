-- Audiences and who was left out, consents, and accounts.

-- Identifies the state of the directory that a plan used: the greatest `position` that it saw.
ALTER TABLE directory_version ADD COLUMN position bigint GENERATED ALWAYS AS IDENTITY;

-- People who existed before the history began count as present at any time; their data of then was not recorded.
INSERT INTO directory_version (kind, id, version, time, since, removed, data)
SELECT 'person', id, version, now(), CASE WHEN removed THEN now() ELSE 'epoch' END, removed, '{}'
FROM person
ON CONFLICT DO NOTHING;

-- The same for units: each counts as having been where it is now.
INSERT INTO directory_version (kind, id, version, time, since, removed, data)
SELECT 'unit', id, version, now(), 'epoch', false,
       jsonb_strip_nulls(jsonb_build_object(
           'unit_id', id, 'version', version, 'copropiedad_id', copropiedad_id, 'tower', tower, 'floor', floor,
           'label', label, 'coefficient', coefficient
       ))
FROM unit
ON CONFLICT DO NOTHING;

CREATE INDEX directory_version_position ON directory_version (position);

-- The units of a copropiedad on a day.
CREATE INDEX directory_version_unit ON directory_version (((data ->> 'copropiedad_id') COLLATE "C"))
    WHERE kind = 'unit';

-- Everybody with a role in the whole directory, page by page.
CREATE INDEX membership_role ON membership (role, person_id) WHERE NOT removed;

-- The units that a message is about, for a person with several.
ALTER TABLE message ADD COLUMN units jsonb;

-- Each audience of an event as it was planned. `groups` is what was looked up, `people` the number of people found,
-- `why` the reason why nobody or not everybody is notified.
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

-- People of an audience who were not notified, each with the reason.
CREATE TABLE left_out (
    event_key uuid,
    audience smallint,
    person text COLLATE "C",
    reason text COLLATE "C" NOT NULL,
    detail text COLLATE "C",
    PRIMARY KEY (event_key, audience, person)
);

CREATE INDEX left_out_person ON left_out (person);

-- Explains why nobody was notified of an event: intake may have refused it.
CREATE INDEX dead_letter_event ON dead_letter (event_id) WHERE event_id IS NOT NULL;

-- The ledger of consents. Never changed: `hub.contact_rules.consents` decides what counts.
-- `said_by` is the key of the event, or the id of the reply, that contained it.
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

-- The role of an account per copropiedad; '' is everywhere.
CREATE TABLE account_role (
    account_id uuid REFERENCES account ON DELETE CASCADE,
    copropiedad_id text COLLATE "C",
    role text COLLATE "C",
    PRIMARY KEY (account_id, copropiedad_id, role)
);

-- Stores only the hash of the cookie's value. A session without an account was opened with HUB_API_KEY.
CREATE TABLE session (
    hash bytea PRIMARY KEY,
    account_id uuid REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);

CREATE INDEX session_account ON session (account_id);

-- The copropiedad of messages and clocks: accounts with access to some copropiedades see no others. Rows without
-- one (NULL) are visible only to accounts with access everywhere.
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

-- The person whose data a note is about: everybody may ask who read their data (Ley 1581 de 2012, art. 8).
ALTER TABLE audit ADD COLUMN person text COLLATE "C";

UPDATE audit SET person = substr(subject, 8) WHERE starts_with(subject, 'person:');

CREATE INDEX audit_person ON audit (person, at, id) WHERE person IS NOT NULL;

-- The source of the version. A system's event about a person makes no audit note: this row is the record.
ALTER TABLE directory_version ADD COLUMN source text;
