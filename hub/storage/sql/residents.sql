What the residents' page reads.

-- message --
SELECT message.id, message.person, event.case_key, copropiedad.name AS building, copropiedad.branding,
       withdrawal.time AS recalled_at, withdrawal.data ->> 'correction_markdown' AS correction
FROM message JOIN event ON event.key = message.event_key
 AND event.key BETWEEN moment_start($1) AND moment_end($1)
LEFT JOIN copropiedad ON copropiedad.id = message.copropiedad_id
LEFT JOIN recall ON recall.source = event.source AND recall.event_id = event.id
LEFT JOIN event AS withdrawal ON withdrawal.key = recall.by_key
WHERE message.id = $1

-- events --
-- LIMIT: a case has a dozen events; a broken publisher's thousands are no news to anybody.
SELECT type, time, id FROM event WHERE case_key = $1 ORDER BY time, key LIMIT 200

-- sent --
SELECT id, event, channel, state, created_at, reason FROM message
WHERE person = $1 AND purpose <> 'internal' AND ($2::uuid IS NULL OR id < $2)
ORDER BY id DESC LIMIT $3

-- cases --
-- The latest messages of the person, and of each of their cases the newest one.
SELECT * FROM (
    SELECT DISTINCT ON (event.case_key) message.id, message.person, event.case_key, copropiedad.name AS building,
           copropiedad.branding
    FROM (
        SELECT id, person, event_key, copropiedad_id FROM message
        WHERE person = $1 AND purpose <> 'internal' ORDER BY id DESC LIMIT 300
    ) AS message
    JOIN event ON event.key = message.event_key
    LEFT JOIN copropiedad ON copropiedad.id = message.copropiedad_id
    WHERE event.case_key IS NOT NULL AND EXISTS (SELECT FROM clock WHERE clock.case_key = event.case_key OFFSET 0)
    ORDER BY event.case_key, message.id DESC
) AS newest
ORDER BY id DESC LIMIT $2

-- person --
SELECT id, name, locale, contact_points FROM person WHERE id = $1 AND NOT removed

-- places --
SELECT DISTINCT member.role, copropiedad.name AS building, unit.label AS unit, unit.tower
FROM member
LEFT JOIN unit ON member.scope_kind = 'unit' AND unit.id = member.scope_id
LEFT JOIN copropiedad
  ON copropiedad.id = coalesce(unit.copropiedad_id, CASE WHEN scope_kind = 'copropiedad' THEN scope_id END)
WHERE member.id = $1
ORDER BY building, unit, role
