Events of other systems that wait for a release. `{fields}` are those of `HeldEvent`.

-- known --
-- What came before of these sources and ids: held, or stored as an event while nothing of its source waited.
SELECT held.source, held.event_id, held.state, held.content
FROM unnest($1::text[], $2::text[]) AS given (source, id)
JOIN held_event AS held ON held.source = given.source AND held.event_id = given.id
UNION ALL
SELECT given.source, given.id, 'released', NULL
FROM unnest($1::text[], $2::text[]) AS given (source, id)
WHERE EXISTS (
    SELECT FROM event WHERE event.id = given.id AND event.source = given.source AND event.key BETWEEN $3 AND $4
    OFFSET 0
) AND NOT EXISTS (SELECT FROM held_event AS held WHERE held.source = given.source AND held.event_id = given.id)

-- hold --
-- The communication is its page; nothing of its data stands there.
WITH given AS (
    SELECT * FROM unnest(
        $1::text[], $2::text[], $3::uuid[], $4::bytea[], $5::uuid[], $6::integer[], $7::timestamptz[], $8::text[],
        $9::text[], $10::text[], $11::bytea[], $12::text[], $13::text[], $14::text[], $15::text[], $16::json[]
    ) AS given (
        source, event_id, key, content, communication, people, received_at, sender, routing_key, content_type,
        body, kind, title, place, by, headers
    )
), made AS (
    INSERT INTO communication (id, kind, origin, state, title, draft, places, by, made_at, changed_at)
    SELECT communication, kind, 'event', 'waiting', title, '{}', CASE WHEN place IS NOT NULL THEN ARRAY[place] END, by,
           received_at, received_at
    FROM given
    ON CONFLICT (id) DO NOTHING
)
INSERT INTO held_event (
    source, event_id, key, content, communication, received_at, people, sender, routing_key, content_type, headers, body
)
SELECT source, event_id, key, content, communication, received_at, people, sender, routing_key, content_type, headers,
       body
FROM given
ON CONFLICT (source, event_id) DO NOTHING

-- unasked --
-- Those of which nobody is asked now.
SELECT {fields} FROM held_event
WHERE settled_at IS NULL AND state = 'held'
  AND NOT EXISTS (SELECT FROM approval WHERE communication = held_event.communication AND verdict IS NULL)
ORDER BY received_at LIMIT $1

-- name_key --
UPDATE communication_part SET event_key = $2 WHERE plan = $1

-- decide --
UPDATE held_event SET state = $2, reason = $3 WHERE communication = $1 AND state = 'held'

-- expire --
-- Nobody has released them for so long, or an erasure has taken their words.
WITH old AS (
    UPDATE held_event SET state = 'refused', reason = NULL WHERE state = 'held' AND (received_at < $1 OR body = '')
    RETURNING communication
), ended AS (
    UPDATE approval SET verdict = 'lapsed', at = $2, told_at = $2
    FROM old WHERE approval.communication = old.communication AND verdict IS NULL
)
UPDATE communication SET state = 'cancelled', why = 'lapsed', changed_at = $2, ended_at = $2
FROM old WHERE id = old.communication AND state = 'waiting'

-- withdraw --
-- What its publisher has taken back waits no more, and nobody is told: its page says so.
WITH gone AS (
    UPDATE held_event SET state = 'refused', settled_at = $1, body = '', headers = '{}'
    WHERE state = 'held' AND EXISTS (
        SELECT FROM recall WHERE recall.source = held_event.source AND recall.event_id = held_event.event_id
    )
    RETURNING communication
), voided AS (
    UPDATE approval SET verdict = 'void', at = $1, reason = $2
    FROM gone WHERE approval.communication = gone.communication AND verdict IS NULL
)
UPDATE communication SET state = 'cancelled', why = $2, changed_at = $1, ended_at = $1
FROM gone WHERE id = gone.communication AND state = 'waiting'

-- decided --
-- What is to be published, or refused, in the order of its coming; other processes pass over these.
SELECT {fields} FROM held_event WHERE settled_at IS NULL AND state <> 'held'
ORDER BY received_at LIMIT $1
FOR UPDATE SKIP LOCKED

-- settled --
-- Its bytes go: an event has them now, or nobody needs them.
WITH done AS (
    UPDATE held_event SET settled_at = $2, body = '', headers = '{}' WHERE communication = $1
    RETURNING communication, state
)
UPDATE communication_part AS part SET published_at = $2
FROM done JOIN communication ON communication.id = done.communication
WHERE part.plan = communication.plan AND done.state = 'released'
