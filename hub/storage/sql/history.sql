The history, read again from some instant on. An id begins with its event's time: the primary key is in its order.

-- heard --
-- A page of events, however few of them begin something new: no page takes long. A case is read at its
-- first event that counts, and never again.
SELECT event.key, event.time,
       CASE WHEN event.type = ANY ($3::text[]) AND NOT EXISTS (
           SELECT FROM event AS earlier
           WHERE earlier.case_key = event.case_key AND earlier.key > $2 AND earlier.key < event.key
             AND earlier.type = ANY ($3)
       ) THEN event.case_key END AS case_key
FROM event WHERE event.key > $1
ORDER BY event.key LIMIT $4

-- running --
-- A page of clocks that run, and the cases that no event from `$2` on has told of; each at its first clock.
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
