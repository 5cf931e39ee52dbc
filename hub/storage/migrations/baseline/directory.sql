-- The directory: buildings, homes, people, their roles, and every version of each. A removed row stays without its
-- content, so that its version still wins over older events.
-- Keys compare by bytes (COLLATE "C"), here and everywhere: faster than a language's collation, and the same order as
-- Python's sort.
-- Words of the search are generated: whoever changes or erases a name changes what is found. Comparing is then no call
-- of a function.

-- `brand` is the digest of `branding`, whose bytes are a template_version: messages name it, so that what was sent can
-- be made again.
CREATE TABLE copropiedad (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL,
    address text,
    towers jsonb,
    branding jsonb,
    timezone text,
    desk jsonb,
    brand bytea,
    words text GENERATED ALWAYS AS (search_words(id || ' ' || name || ' ' || coalesce(address, ''))) STORED
);

CREATE TABLE unit (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    copropiedad_id text COLLATE "C" NOT NULL,
    tower text COLLATE "C",
    floor smallint,
    label text NOT NULL,
    coefficient double precision,
    words text GENERATED ALWAYS AS (search_unit(id, tower, label)) STORED
);

CREATE INDEX unit_copropiedad ON unit (copropiedad_id, tower);

CREATE INDEX unit_words ON unit USING gin (words gin_trgm_ops);

-- `large_print` is the wish for letters in large print.
CREATE TABLE person (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    removed boolean NOT NULL,
    digital_access boolean NOT NULL,
    name text NOT NULL,
    locale text NOT NULL,
    document_hash text,
    contact_points jsonb,
    contact_points_given jsonb,
    large_print boolean NOT NULL DEFAULT false,
    name_words text GENERATED ALWAYS AS (search_words(name)) STORED,
    address_words text GENERATED ALWAYS AS (search_addresses(contact_points)) STORED
);

CREATE INDEX person_name_words ON person USING gin (search_lexemes(name_words)) WHERE NOT removed;

CREATE INDEX person_address_words ON person USING gin (address_words gin_trgm_ops) WHERE NOT removed;

-- `hours` are the working hours of a single staff membership; NULL: the company's.
CREATE TABLE membership (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    removed boolean NOT NULL,
    since timestamptz,
    until timestamptz,
    level smallint,
    person_id text COLLATE "C" NOT NULL,
    scope_kind text COLLATE "C" NOT NULL,
    scope_id text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    duty text COLLATE "C",
    service_area text COLLATE "C",
    on_call boolean NOT NULL DEFAULT false,
    direction boolean NOT NULL DEFAULT false,
    hours jsonb
);

CREATE INDEX membership_scope ON membership (scope_kind, scope_id, role, person_id) WHERE NOT removed;

CREATE INDEX membership_duty ON membership (duty) WHERE duty IS NOT NULL AND NOT removed;

CREATE INDEX membership_level ON membership (level) WHERE level IS NOT NULL AND NOT removed;

CREATE INDEX membership_person ON membership (person_id);

CREATE INDEX membership_on_call ON membership (scope_kind, scope_id) WHERE on_call AND NOT removed;

CREATE INDEX membership_direction ON membership (scope_kind, scope_id) WHERE direction AND NOT removed;

-- Everybody with a role in the whole directory, page by page.
CREATE INDEX membership_role ON membership (role, person_id) WHERE NOT removed;

-- Memberships that count now, with the people who have them. Planning reads wishes and marks with the person, in the
-- query that is there.
CREATE VIEW member AS
SELECT membership.scope_kind, membership.scope_id, membership.role, membership.duty, membership.level,
       membership.service_area, person.id, person.name, person.locale, person.digital_access,
       person.contact_points, membership.on_call, membership.direction,
       (SELECT wishes FROM wish WHERE wish.person = person.id) AS wishes,
       (SELECT mark FROM marked WHERE marked.person = person.id) AS mark
FROM membership JOIN person ON person.id = membership.person_id
WHERE NOT membership.removed
  AND NOT person.removed
  AND (membership.since IS NULL OR membership.since <= now())
  AND (membership.until IS NULL OR membership.until > now());

-- People who are reachable at any hour (Ley 2191 de 2022).
CREATE VIEW any_hour AS
SELECT person_id FROM membership
WHERE (on_call OR direction OR duty IN ('on_call', 'direction')) AND NOT removed
  AND (since IS NULL OR since <= now())
  AND (until IS NULL OR until > now());

-- For people with own hours in any membership: the hours of each membership, NULL for the company's.
CREATE VIEW own_hours AS
SELECT person_id, jsonb_agg(DISTINCT hours) AS weeks
FROM membership
WHERE role = 'staff' AND NOT removed
  AND (since IS NULL OR since <= now())
  AND (until IS NULL OR until > now())
GROUP BY person_id
HAVING bool_or(hours IS NOT NULL);

-- Leave, with the delegate who stands in.
CREATE TABLE leave (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    removed boolean NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    delegate_id text COLLATE "C"
);

CREATE INDEX leave_person ON leave (person_id, since) WHERE NOT removed;

-- Who is on call in the hours of a week (local time of Bogotá), for a copropiedad or the company.
CREATE TABLE rota (
    id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    removed boolean NOT NULL,
    scope_kind text COLLATE "C" NOT NULL,
    scope_id text COLLATE "C" NOT NULL,
    duty text COLLATE "C" NOT NULL,
    shifts jsonb NOT NULL
);

CREATE INDEX rota_scope ON rota (scope_kind, scope_id, duty) WHERE NOT removed;

-- Every version of every directory entry as it was received. The current state is in the table of its kind.
CREATE TABLE directory_version (
    kind text COLLATE "C",
    id text COLLATE "C",
    version bigint,
    time timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    -- The period in which it applies: as the event states it, else from when the event was received.
    since timestamptz NOT NULL,
    until timestamptz,
    removed boolean NOT NULL,
    data jsonb NOT NULL,
    -- Identifies the state of the directory that a plan used: the greatest `position` that it saw.
    position bigint GENERATED ALWAYS AS IDENTITY,
    -- A system's event about a person makes no audit note: this row is the record.
    source text,
    -- The contact points that a version took from a person, until they are notified of it: in the row of the version,
    -- so that neither is written without the other.
    to_notify jsonb,
    PRIMARY KEY (kind, id, version)
);

-- The memberships of a scope on a day.
CREATE INDEX directory_version_scope ON directory_version (((data ->> 'scope') COLLATE "C"), id)
    WHERE kind = 'membership';

CREATE INDEX directory_version_person ON directory_version ((data ->> 'person_id'))
    WHERE kind = 'membership';

CREATE INDEX directory_version_position ON directory_version (position);

-- The units of a copropiedad on a day.
CREATE INDEX directory_version_unit ON directory_version (((data ->> 'copropiedad_id') COLLATE "C"))
    WHERE kind = 'unit';

CREATE INDEX directory_version_to_notify ON directory_version (position) WHERE to_notify IS NOT NULL;

-- A sheet of people between look and apply. `content` is what it would write, with keyed hashes for documents: it goes
-- once the sheet is applied, after a day, and with every erasure. `written` are ids and versions, for the way back.
CREATE TABLE sheet_import (
    id uuid PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT now(),
    by text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'looked'
        CHECK (state IN ('looked', 'running', 'done', 'undoing', 'undone', 'failed', 'forgotten')),
    report jsonb NOT NULL,
    content jsonb,
    end_missing boolean NOT NULL DEFAULT false,
    total integer NOT NULL DEFAULT 0,
    done integer NOT NULL DEFAULT 0,
    ended_at timestamptz,
    written jsonb,
    left_as_is integer NOT NULL DEFAULT 0
);

CREATE INDEX sheet_import_made ON sheet_import (made_at);

CREATE INDEX sheet_import_live ON sheet_import (id) WHERE state IN ('running', 'undoing');

-- Two entries of one person, joined by staff: whose roles went to whom, and ids and versions for the way back.
CREATE TABLE person_join (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    by text COLLATE "C" NOT NULL,
    kept text COLLATE "C" NOT NULL,
    other text COLLATE "C" NOT NULL,
    written jsonb NOT NULL,
    undone_at timestamptz
);

CREATE INDEX person_join_kept ON person_join (kept);

CREATE INDEX person_join_other ON person_join (other);
