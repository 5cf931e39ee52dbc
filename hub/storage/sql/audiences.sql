The groups and people of each audience, and who was left out.
Who was notified of an event, and who was left out. Each statement is bounded by the event.

-- keep --
-- All pages of one expansion carry the same instant; they keep the directory position of the first page.
WITH seen AS (
    SELECT coalesce(max(position), 0) AS position FROM directory_version
), kept AS (
    INSERT INTO audience_record (event_key, audience, planned_at, directory_version, people, why, groups)
    SELECT event_key, audience, planned_at, (SELECT position FROM seen), people, why, groups
    FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::integer[], $5::text[], $6::jsonb[])
        AS given (event_key, audience, planned_at, people, why, groups)
    ON CONFLICT (event_key, audience) DO UPDATE
    SET planned_at = excluded.planned_at, people = excluded.people, why = excluded.why, groups = excluded.groups,
        directory_version = CASE WHEN audience_record.planned_at = excluded.planned_at
                            THEN audience_record.directory_version ELSE excluded.directory_version END
)
INSERT INTO left_out (event_key, audience, person, reason, detail)
SELECT * FROM unnest($7::uuid[], $8::smallint[], $9::text[], $10::text[], $11::text[])
ON CONFLICT DO NOTHING

-- audiences --
SELECT * FROM audience_record WHERE event_key = $1 ORDER BY audience

-- states --
-- A letter that nobody has handed over was not sent.
SELECT state, count(*)::int AS n FROM (
    SELECT CASE WHEN channel = 'print' AND state = 'sent' THEN 'letter' ELSE state END AS state FROM message WHERE event_key = $1 AND id BETWEEN moment_start($1) AND moment_end($1) LIMIT $2
) AS found
GROUP BY state

-- messages --
SELECT person, jsonb_agg(jsonb_build_object(
           'id', id, 'channel', channel, 'state', state, 'reason', reason, 'occasion', occasion,
           'filed', EXISTS (
               SELECT FROM attempt
               WHERE message_id = message.id AND outcome = 'accepted' AND provider = 'file'
           ),
           'letter', CASE WHEN channel = 'print' AND state = 'sent' THEN coalesce((
               SELECT nullif(letter.state, 'delivered') FROM letter WHERE letter.id = message.id
           ), 'open') END
       ) ORDER BY created_at, step, id) AS messages
FROM message
WHERE event_key = $1 AND id BETWEEN moment_start($1) AND moment_end($1) AND person > $2
GROUP BY person
ORDER BY person
LIMIT $3

-- left_out --
-- Of several audiences that left the same person out, the first says why.
SELECT DISTINCT ON (person) event_key, audience, person, reason, detail FROM left_out
WHERE event_key = $1 AND person > $2
ORDER BY person, audience
LIMIT $3

-- left_out_reasons --
SELECT reason, count(*)::int AS n FROM (SELECT reason FROM left_out WHERE event_key = $1 LIMIT $2) AS found
GROUP BY reason
ORDER BY n DESC, reason
