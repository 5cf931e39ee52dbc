Escalations that people have received, as they stand now.

-- of_message --
-- A call for help came before its clock, which is its case's newest ($3), with level 1; its main text answers who
-- called.
SELECT called.* FROM (
    SELECT message.id AS message_id, message.person, event.copropiedad_id,
           coalesce(event.data ->> 'clock_id', (
               SELECT clock.id::text FROM clock
               WHERE clock.case_key = event.case_key AND clock.name = ANY ($3::text[])
               ORDER BY clock.started_at DESC LIMIT 1
           )) AS clock_id,
           coalesce((event.data ->> 'to_level')::int, 1) AS level,
           event.data ->> 'to_level' IS NULL AS of_desk
    FROM message JOIN event ON event.key = message.event_key
     AND event.key BETWEEN moment_start($1) AND moment_end($1)
    WHERE message.id = $1 AND message.event = ANY ($2::text[]) AND message.purpose IN ('internal', 'emergency')
      AND (event.data ->> 'to_level' IS NOT NULL OR message.variant IS NOT NULL)
) AS called
WHERE called.clock_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'

-- holders --
-- In any service area: the person who was called stays the one who may answer, also when somebody nearer has
-- come. A call for help went to the staff on duty ($3), who need not hold a level.
SELECT id FROM member
WHERE (level = $1 OR ($3 AND role = 'staff')) AND (scope_kind = 'company' OR (scope_kind = 'copropiedad' AND scope_id = $2))

-- taken --
SELECT event.time AS at, event.data ->> 'by' AS by, (event.data ->> 'level')::int AS level, person.name
FROM event LEFT JOIN person ON person.id = event.data ->> 'by' AND NOT person.removed
WHERE event.id = $1 AND event.source = $2 AND event.key >= $3
