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

-- Planning reads both with the person, in the query that is there.
CREATE OR REPLACE VIEW member AS
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
