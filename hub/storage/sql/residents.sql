What the residents' page reads.
What opens a resident's own page.

-- message --
SELECT message.id, message.person, event.case_key, copropiedad.name AS building, copropiedad.branding,
       unit.tower, unit.label, withdrawal.time AS recalled_at, withdrawal.data ->> 'correction_markdown' AS correction
FROM message JOIN event ON event.key = message.event_key
 AND event.key BETWEEN moment_start($1) AND moment_end($1)
LEFT JOIN copropiedad ON copropiedad.id = message.copropiedad_id
LEFT JOIN unit ON unit.id = CASE WHEN starts_with(event.case_key, 'unit_id:') THEN substr(event.case_key, 9) END
LEFT JOIN recall ON recall.source = event.source AND recall.event_id = event.id
LEFT JOIN event AS withdrawal ON withdrawal.key = recall.by_key
WHERE message.id = $1

-- events --
-- LIMIT: a case has a dozen events; a broken publisher's thousands are no news to anybody.
-- The first one says what the case is about.
SELECT type, time, id, CASE WHEN row_number() OVER (ORDER BY time, key) = 1 THEN data END AS opened FROM event WHERE case_key = $1 ORDER BY time, key LIMIT 200

-- sent --
-- All messages of the latest events: an event is told by several channels, and its first message stands for it.
SELECT message.id, message.event_key, message.event, message.channel, message.state, message.created_at, message.reason,
       event.case_key AS case, unit.tower, unit.label,
       coalesce(first.type, event.type) AS opened_type, coalesce(first.data, event.data) AS opened,
       EXISTS (
           SELECT FROM recall WHERE recall.source = event.source AND recall.event_id = event.id
       ) AS recalled
FROM (
    SELECT event_key, (array_agg(id ORDER BY id))[1] AS first FROM message
    WHERE person = $1 AND purpose <> 'internal'
    GROUP BY event_key HAVING $2::uuid IS NULL OR (array_agg(id ORDER BY id))[1] < $2
    ORDER BY 2 DESC LIMIT $3
) AS told
JOIN message ON message.event_key = told.event_key AND message.person = $1 AND message.purpose <> 'internal'
JOIN event ON event.key = message.event_key
LEFT JOIN LATERAL (
    SELECT type, data FROM event AS opening WHERE opening.case_key = event.case_key ORDER BY time, key LIMIT 1
) AS first ON true
LEFT JOIN unit ON unit.id = CASE WHEN starts_with(event.case_key, 'unit_id:') THEN substr(event.case_key, 9) END
ORDER BY told.first DESC, message.id DESC

-- cases --
-- The latest messages of the person, and of each of their cases the newest one.
SELECT * FROM (
    SELECT DISTINCT ON (event.case_key) message.id, message.person, event.case_key, copropiedad.name AS building,
           copropiedad.branding, unit.tower, unit.label
    FROM (
        SELECT id, person, event_key, copropiedad_id FROM message
        WHERE person = $1 AND purpose <> 'internal' ORDER BY id DESC LIMIT 300
    ) AS message
    JOIN event ON event.key = message.event_key
    LEFT JOIN copropiedad ON copropiedad.id = message.copropiedad_id
    LEFT JOIN unit ON unit.id = CASE WHEN starts_with(event.case_key, 'unit_id:') THEN substr(event.case_key, 9) END
    WHERE event.case_key IS NOT NULL AND EXISTS (SELECT FROM clock WHERE clock.case_key = event.case_key OFFSET 0)
    ORDER BY event.case_key, message.id DESC
) AS newest
ORDER BY id DESC LIMIT $2

-- talk --
-- What the person wrote from an address to which we write, and what staff said in a message to the person. Joined
-- cases are one thread: an answer in one of them is read in each.
WITH thread AS MATERIALIZED (<thread>)
SELECT * FROM (
    (SELECT reply.at, true AS mine, NULL AS type, NULL::jsonb AS data, reply.text,
            ARRAY (SELECT name FROM given_file WHERE given_file.id = reply.id AND sha256 IS NOT NULL ORDER BY place) AS files
     FROM reply
     JOIN message ON message.id = reply.message_id
     WHERE reply.thread = ANY (ARRAY (SELECT regexp_replace(case_key, '^thread_id:', '') FROM thread))
       AND message.person = $2 AND lower(message.address) = reply.address
       AND reply.kind IN ('reply', 'unproven')
     ORDER BY reply.received_at DESC LIMIT 100)
    UNION ALL
    (SELECT event.time, false, event.type, event.data, NULL, '{}' FROM event
     WHERE event.case_key = ANY (ARRAY (SELECT case_key FROM thread)) AND event.type = ANY ($3::text[]) AND EXISTS (
         SELECT FROM message
         WHERE message.event_key = event.key AND message.person = $2 AND message.purpose <> 'internal'
     )
     ORDER BY event.time DESC LIMIT 100)
    UNION ALL
    -- What came with the petition of the own page.
    (SELECT event.time, true, NULL, NULL, NULL, array_agg(file.name ORDER BY file.place) FROM event
     JOIN given_file AS file ON file.event_key = event.key AND file.person = $2
     WHERE event.case_key = $1 GROUP BY event.key, event.time)
) AS said
ORDER BY at

-- way --
-- A message of a case to the person that can be answered, mails first. What is written on the page opens no time
-- in which the company may write over WhatsApp: to that number it is a text.
SELECT message.id AS message_id, message.address, CASE channel WHEN 'email' THEN 'email' ELSE 'sms' END AS channel
FROM message
JOIN event ON event.key = message.event_key
WHERE event.case_key = $2 AND message.person = $1 AND message.purpose <> 'internal'
  AND message.channel IN ('email', 'sms', 'whatsapp')
ORDER BY message.channel = 'email' DESC, message.id DESC LIMIT 1

-- person --
SELECT id, name, locale, contact_points FROM person WHERE id = $1 AND NOT removed

-- places --
SELECT DISTINCT member.role, copropiedad.name AS building, unit.label AS unit, unit.tower,
       copropiedad.id AS copropiedad_id, unit.id AS unit_id
FROM member
LEFT JOIN unit ON member.scope_kind = 'unit' AND unit.id = member.scope_id
LEFT JOIN copropiedad
  ON copropiedad.id = coalesce(unit.copropiedad_id, CASE WHEN scope_kind = 'copropiedad' THEN scope_id END)
WHERE member.id = $1
ORDER BY building, unit, role

-- resident --
SELECT person.id AS person, person.name, person.contact_points
FROM message JOIN person ON person.id = message.person AND NOT person.removed
WHERE message.id = $1 AND message.purpose <> 'internal'

-- one_at_a_time --
-- Of one person: two that ask at once must not both find the last code of the day free.
SELECT pg_advisory_xact_lock(hashtextextended('resident_code:' || $1, 0))

-- forget_codes --
DELETE FROM resident_code WHERE created_at < $1

-- add_code --
INSERT INTO resident_code (hash, person, digest, shown, created_at, ends_at)
SELECT $1::bytea, $2::text, $3::text, $4::text, $5::timestamptz, $6::timestamptz
-- A code that was entered does not count: that was the person.
WHERE (
    SELECT count(*) FROM resident_code WHERE person = $2 AND created_at >= $7 AND ends_at > created_at
) < $8
RETURNING hash

-- code --
SELECT * FROM resident_code WHERE hash = $1

-- try_code --
UPDATE resident_code SET tries = tries + 1 WHERE hash = $1 AND tries < $2 AND ends_at > $3 RETURNING *

-- use_code --
-- It ends where it began: so it opens nothing again, and counts no longer as one of the day.
UPDATE resident_code SET ends_at = created_at WHERE hash = $1 AND ends_at > created_at RETURNING hash

-- forget_sessions --
DELETE FROM resident_session WHERE ends_at < $1

-- add_session --
INSERT INTO resident_session (hash, person, created_at, ends_at) VALUES ($1, $2, $3, $4)

-- session --
SELECT * FROM resident_session WHERE hash = $1

-- end_session --
DELETE FROM resident_session WHERE hash = $1
