-- When and how a person may be contacted: consents, wishes, marks, limits, dead addresses, and erasures.

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

-- Opt-outs (SALIR, CANCELAR, BAJA, ALTO): by the address that wrote, and by the person.
CREATE TABLE opt_out (
    address text COLLATE "C",
    purpose text COLLATE "C",
    since timestamptz NOT NULL,
    lifted_at timestamptz,
    reply_id uuid,
    person text COLLATE "C",
    reason text NOT NULL,
    lifted_by text,
    PRIMARY KEY (address, purpose)
);

CREATE INDEX opt_out_person ON opt_out (person) WHERE person IS NOT NULL AND lifted_at IS NULL;

CREATE INDEX opt_out_since ON opt_out (since);

-- Invalid contact points, per channel that reported it: a number without WhatsApp may still receive a text.
CREATE TABLE suppression (
    address text COLLATE "C",
    channel text COLLATE "C",
    since timestamptz NOT NULL,
    expires_at timestamptz,
    lifted_at timestamptz,
    message_id uuid,
    reason text NOT NULL,
    provider text NOT NULL,
    code text NOT NULL,
    lifted_by text,
    PRIMARY KEY (address, channel)
);

CREATE INDEX suppression_since ON suppression (since);

-- Each change is a row that never changes, with all wishes from then on. The one in force has the greatest version.
CREATE TABLE preference (
    person text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    way text COLLATE "C" NOT NULL,
    wishes jsonb NOT NULL,
    PRIMARY KEY (person, version)
);

CREATE VIEW wish AS
SELECT DISTINCT ON (person) person, wishes FROM preference ORDER BY person, version DESC;

-- Marks of staff. `note` is for colleagues.
CREATE TABLE do_not_contact (
    id uuid PRIMARY KEY,
    person text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL CHECK (reason IN ('deceased', 'protected_address', 'contested_account')),
    since timestamptz NOT NULL,
    until timestamptz,
    by text NOT NULL,
    note text NOT NULL,
    ended_at timestamptz,
    ended_by text
);

CREATE INDEX do_not_contact_person ON do_not_contact (person, since);

-- The mark that counts now: of several, the one that stops most.
CREATE VIEW marked AS
SELECT DISTINCT ON (person) person, jsonb_build_object('reason', reason, 'since', since, 'until', until) AS mark
FROM do_not_contact
WHERE ended_at IS NULL AND (until IS NULL OR until > now())
ORDER BY person, reason = 'deceased' DESC, since;

-- The contacts of a person, one row for each day on which a message is one (Ley 2300 de 2023). `lease` is the claim
-- that has reserved it. `spent` is false once the provider has refused the message for now: its own retry may use it.
CREATE TABLE contact_slot (
    person text COLLATE "C" NOT NULL,
    day date NOT NULL,
    message_id uuid NOT NULL,
    channel text NOT NULL,
    lease uuid NOT NULL,
    spent bool NOT NULL DEFAULT true,
    PRIMARY KEY (person, day, message_id)
);

CREATE INDEX contact_slot_message ON contact_slot (message_id);

CREATE INDEX contact_slot_day ON contact_slot (day);

-- The register of excluded numbers, as a list that the company loads: one list at a time. Of addresses only keyed
-- hashes, by the key of HUB_SECRET that `key_id` names.
CREATE TABLE exclusion_list (
    only_one bool PRIMARY KEY DEFAULT true CHECK (only_one),
    list_date date NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    key_id text NOT NULL,
    addresses integer NOT NULL
);

-- No channels: all of them.
CREATE TABLE exclusion (
    hash bytea PRIMARY KEY,
    channels text[] NOT NULL DEFAULT '{}'
);

-- A person whose data is erased for good. `words` are names and addresses to look for; they go when nothing is left.
-- `marks` are those of the addresses. `cursor` is the last event that was read, `swept_at` the instant up to which all
-- that came was read.
CREATE TABLE erasure (
    person text COLLATE "C" PRIMARY KEY,
    asked_at timestamptz NOT NULL DEFAULT now(),
    asked_by text NOT NULL,
    reason text NOT NULL,
    words text[] NOT NULL,
    marks text[] COLLATE "C" NOT NULL,
    cursor uuid,
    swept_at timestamptz NOT NULL DEFAULT now(),
    looked_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);

-- The mark of an address: a salted digest, which stands in `suppression` in its place. The salt is this database's own.
-- It is no secret from who reads the database; a digest without salt could be looked up in a table made once for all.
DO $do$ BEGIN
    EXECUTE format(
        'CREATE FUNCTION address_mark(address text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE '
        'RETURN ''sha256:'' || encode(sha256(convert_to(%L || lower(address), ''UTF8'')), ''hex'')',
        gen_random_uuid()::text || gen_random_uuid()::text
    );
    END $do$;
