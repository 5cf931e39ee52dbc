Reads the history from an instant on. An id begins with the time of its event, so the primary key is in time order.

-- events --
-- A page of events, even when few of them start a case: this bounds the time of a page. A case is returned only
-- at its first relevant event.
SELECT event.key, event.time,
       CASE WHEN event.type = ANY ($3::text[]) AND NOT EXISTS (
           SELECT FROM event AS earlier
           WHERE earlier.case_key = event.case_key AND earlier.key > $2 AND earlier.key < event.key
             AND earlier.type = ANY ($3)
       ) THEN event.case_key END AS case_key
FROM event WHERE event.key > $1
ORDER BY event.key LIMIT $4

-- running --
-- A page of running clocks. Returns the case of a clock when no event after `$2` has returned it already, once, at
-- the first clock of the case.
SELECT clock.id,
       CASE WHEN NOT EXISTS (
           SELECT FROM event
           WHERE event.case_key = clock.case_key AND event.key > $2 AND event.type = ANY ($3::text[])
       ) AND NOT EXISTS (
           SELECT FROM clock AS other
           WHERE other.case_key = clock.case_key AND other.ended_at IS NULL AND other.id < clock.id
       ) THEN clock.case_key END AS case_key
FROM clock WHERE clock.ended_at IS NULL AND clock.id > $1
ORDER BY clock.id LIMIT $4

-- contacts --
SELECT id, event_key, channel, purpose, rests, created_at, occasion
FROM message
WHERE id > $1 AND id < $2 AND state = ANY ($3::text[]) AND event <> ALL ($4::text[])
ORDER BY id LIMIT $5
