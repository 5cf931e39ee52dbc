Approvals: askings for the release of a communication. `{fields}` are those of `Approval`.

-- ask --
INSERT INTO approval (communication, asked_at, asked_by, asked_person, approver, plan, digest, people, senior, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (communication) WHERE verdict IS NULL DO NOTHING

-- asked --
SELECT {fields} FROM approval WHERE communication = $1 ORDER BY asked_at DESC LIMIT 1

-- waiting --
-- Open ones of communications whose people are all of these places.
SELECT {fields}, communication.id, title, kind, places, communication.by AS made_by, communication.person AS made_person,
       writers
FROM approval JOIN communication ON communication.id = approval.communication
WHERE (approval.asked_at, communication.id) < ($1, $2) AND verdict IS NULL
  AND ($4::text[] IS NULL OR places <@ $4)
ORDER BY approval.asked_at DESC, communication.id DESC
LIMIT $3

-- decide --
-- The first who decides in time. Who asked is to be told.
UPDATE approval
SET verdict = $3, at = $4, by = $5, person = $6, reason = $7, shown = $8, shown_sha256 = $9, told_at = NULL
WHERE communication = $1 AND digest = $2 AND verdict IS NULL AND ends_at > $4
RETURNING communication

-- lapse --
-- Of people, the draft comes back with it; of other systems, the event is asked for anew.
WITH lapsed AS (
    UPDATE approval SET verdict = 'lapsed', at = $1, told_at = NULL WHERE verdict IS NULL AND ends_at <= $1
    RETURNING communication
), back AS (
    UPDATE communication SET state = 'draft', why = 'lapsed', changed_at = $1, starts_at = NULL
    FROM lapsed WHERE communication.id = lapsed.communication AND state = 'waiting' AND origin <> 'event'
)
SELECT communication FROM lapsed

-- void --
UPDATE approval SET verdict = 'void', at = $2, reason = 'changed' WHERE communication = $1 AND verdict IS NULL

-- untold --
SELECT {fields} FROM approval WHERE told_at IS NULL AND verdict IS DISTINCT FROM 'void'
ORDER BY approval.asked_at LIMIT $1

-- told --
UPDATE approval SET told_at = $3
WHERE communication = $1 AND asked_at = $2 AND verdict IS NOT DISTINCT FROM $4::text

-- twins --
-- All entries of the directory that are one person with one of these.
WITH RECURSIVE twin (person) AS (
    SELECT unnest($1::text[]) COLLATE "C"
    UNION
    SELECT CASE WHEN person_join.kept = twin.person THEN person_join.other ELSE person_join.kept END
    FROM twin JOIN person_join ON twin.person IN (person_join.kept, person_join.other)
    WHERE undone_at IS NULL
)
SELECT person FROM twin
