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
