-- People with their history, leave and delegates, rotas, API keys and the audit log.

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
    PRIMARY KEY (kind, id, version)
);

-- Existing rows apply from the instant that they state, else from now on: nothing earlier was recorded.
INSERT INTO directory_version (kind, id, version, time, since, until, removed, data)
SELECT 'membership', id, version, now(), coalesce(since, now()), until, removed,
       jsonb_strip_nulls(jsonb_build_object(
           'membership_id', id, 'version', version, 'person_id', person_id, 'role', role, 'duty', duty,
           'level', level, 'service_area', service_area, 'since', since, 'until', until,
           'scope', CASE scope_kind WHEN 'company' THEN 'company' ELSE scope_kind || ':' || scope_id END
       ))
FROM membership;

-- The memberships of a scope on a day.
CREATE INDEX directory_version_scope ON directory_version (((data ->> 'scope') COLLATE "C"), id)
    WHERE kind = 'membership';

CREATE INDEX directory_version_person ON directory_version ((data ->> 'person_id'))
    WHERE kind = 'membership';

ALTER TABLE copropiedad ADD COLUMN desk jsonb;

ALTER TABLE membership
    ADD COLUMN on_call boolean NOT NULL DEFAULT false,
    ADD COLUMN direction boolean NOT NULL DEFAULT false;

CREATE INDEX membership_on_call ON membership (scope_kind, scope_id) WHERE on_call AND NOT removed;

CREATE INDEX membership_direction ON membership (scope_kind, scope_id) WHERE direction AND NOT removed;

CREATE OR REPLACE VIEW member AS
SELECT membership.scope_kind, membership.scope_id, membership.role, membership.duty, membership.level,
       membership.service_area, person.id, person.name, person.locale, person.digital_access,
       person.contact_points, membership.on_call, membership.direction
FROM membership JOIN person ON person.id = membership.person_id
WHERE NOT membership.removed
  AND NOT person.removed
  AND (membership.since IS NULL OR membership.since <= now())
  AND (membership.until IS NULL OR membership.until > now());

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

-- API keys. Only a hash is kept; `prefix` lets a person recognise a key.
CREATE TABLE api_key (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    used_at timestamptz,
    name text COLLATE "C" NOT NULL,
    prefix text COLLATE "C" NOT NULL UNIQUE,
    hash bytea NOT NULL,
    scopes text[] COLLATE "C" NOT NULL,
    source text COLLATE "C",
    event_types text[] COLLATE "C" NOT NULL,
    amqp_user text,
    created_by text NOT NULL
);

CREATE INDEX api_key_name ON api_key (name);

-- Every read of a person's data, and every change that somebody makes. Rows are never changed.
CREATE TABLE audit (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    who text NOT NULL,
    action text COLLATE "C" NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL
);

CREATE INDEX audit_at ON audit (at, id);
