What has become too old. Each kind has a count and a statement that erases the next page of it.

-- too_old_messages --
-- An id begins with the instant of its event, so older months alone are read. Rows that a case with a running
-- promise may need stay: arrears, which notify nobody, may run for years and hold nothing.
SELECT message.id, (message.name <> '' OR message.address <> '') AND message.next_at IS NULL
       AND message.state NOT IN ('queued', 'sending', 'held', 'retrying', 'waiting')
       AND (message.purpose = 'legal') = $4
       AND NOT EXISTS (SELECT FROM letter WHERE letter.id = message.id AND handed_over_at IS NULL AND message.state = 'sent')
       AND NOT EXISTS (
           SELECT FROM event JOIN clock ON clock.case_key = event.case_key
           WHERE event.key = message.event_key
             AND event.key BETWEEN moment_start(message.id) AND moment_end(message.id)
             AND clock.ended_at IS NULL AND NOT clock.promise @> '{"silent": true}'
       ) AS too_old
FROM message WHERE message.id > $1 AND message.id < $2
ORDER BY message.id LIMIT $3

-- replies --
WITH page AS (
    SELECT id FROM reply
    WHERE received_at < $1 AND (address, subject, text) <> ('', '', '')
      AND (published_at IS NOT NULL OR kind IN ('automatic', 'complaint'))
      AND NOT EXISTS (
          SELECT FROM clock
          WHERE clock.case_key = reply.case_key AND ended_at IS NULL AND NOT promise @> '{"silent": true}'
      )
    ORDER BY received_at LIMIT $2
), done AS (
    UPDATE reply SET address = '', subject = '', text = '', reference = ''
    WHERE id = ANY (ARRAY (SELECT id FROM page)) AND $3
    RETURNING 1
), files AS (
    DELETE FROM given_file WHERE id = ANY (ARRAY (SELECT id FROM page)) AND $3
), sent AS (
    -- Sent with a petition, not with a reply.
    SELECT file.id, file.place FROM given_file AS file
    LEFT JOIN LATERAL (SELECT case_key FROM event WHERE event.key = file.id OFFSET 0) AS about ON true
    WHERE file.at < $1 AND file.event_key IS NOT NULL AND NOT EXISTS (
        SELECT FROM clock
        WHERE clock.case_key = about.case_key AND ended_at IS NULL AND NOT promise @> '{"silent": true}'
    )
    ORDER BY file.at LIMIT $2
), lost AS (
    DELETE FROM given_file USING sent WHERE given_file.id = sent.id AND given_file.place = sent.place AND $3
), notes AS (
    SELECT id FROM case_note
    WHERE at < $1 AND words <> '' AND NOT EXISTS (
        SELECT FROM clock
        WHERE clock.case_key = case_note.case_key AND ended_at IS NULL AND NOT promise @> '{"silent": true}'
    )
    ORDER BY at LIMIT $2
), blanked AS (
    UPDATE case_note SET words = '', untold = '{}' WHERE id = ANY (ARRAY (SELECT id FROM notes)) AND $3
    RETURNING 1
), brought AS (
    DELETE FROM given_file WHERE id = ANY (ARRAY (SELECT id FROM notes)) AND $3
)
SELECT (SELECT count(*) FROM page) + (SELECT count(*) FROM sent) + (SELECT count(*) FROM notes) AS n

-- contacts --
-- Cases whose last promise ended before then; without any promise, those that began before then.
SELECT case_key, who, recipients FROM party
WHERE case_key > $2 AND since < $1
  AND (
      position('"email":' IN recipients::text) > 0 OR position('"phone":' IN recipients::text) > 0
      OR position('"address":' IN recipients::text) > 0 OR recipients::text ~ '^\{"name": "[^"]+"\}$'
  )
  AND NOT EXISTS (
      SELECT FROM clock
      WHERE clock.case_key = party.case_key AND NOT promise @> '{"silent": true}'
        AND (ended_at IS NULL OR ended_at >= $1)
  )
ORDER BY case_key, who LIMIT $3

-- events_of_cases --
SELECT key, data FROM event WHERE case_key = ANY ($1::text[])

-- put_event --
UPDATE event SET data = $2, content = NULL WHERE key = $1

-- put_party --
UPDATE party SET recipients = $3 WHERE case_key = $1 AND who = $2

-- comments --
-- By indexes: answers by their type, their follow-ups by case, reports by their ids. Words to staff about these
-- events cannot be made again then, and nobody changed them: so their facts go.
WITH answers AS (
    SELECT key, case_key FROM event
    WHERE type = 'co.coproservicios.survey.answered.v1' AND time < $1 AND data ? 'comment'
    ORDER BY time LIMIT $2
), reports AS (
    SELECT found.key FROM reported
    CROSS JOIN LATERAL (
        SELECT key FROM event
        WHERE id = 'unrecognised:' || reported.message_id
          AND type = 'co.coproservicios.notification.unrecognised.v1' AND data ? 'comment'
        OFFSET 0
    ) AS found
    WHERE reported.at < $1 LIMIT $2
), page AS (
    SELECT key FROM answers
    UNION
    SELECT found.key FROM answers
    CROSS JOIN LATERAL (
        SELECT key FROM event
        WHERE case_key = answers.case_key AND type = 'co.coproservicios.satisfaction.detractor.detected.v1'
          AND data ? 'comment'
        OFFSET 0
    ) AS found
    UNION
    SELECT key FROM reports
), done AS (
    UPDATE event SET data = data - 'comment', content = NULL WHERE key = ANY (ARRAY (SELECT key FROM page)) AND $3
    RETURNING key
), facts AS (
    UPDATE attempt SET facts = NULL
    WHERE facts IS NOT NULL AND message_id = ANY (ARRAY (
        SELECT message.id FROM done
        CROSS JOIN LATERAL (
            SELECT id FROM message
            WHERE event_key = done.key AND id BETWEEN moment_start(done.key) AND moment_end(done.key)
            OFFSET 0
        ) AS message
    ))
    RETURNING 1
)
SELECT count(*) AS n FROM page

-- documents --
-- The bytes go with the last request that has them.
WITH page AS (
    SELECT event_key FROM document_request
    WHERE asked_at < $1 AND state <> 'asked' AND (url <> '' OR sha256 IS NOT NULL) AND NOT EXISTS (
        SELECT FROM message
        WHERE message.event_key = document_request.event_key AND purpose = 'legal' AND name <> '' OFFSET 0
    )
    ORDER BY asked_at LIMIT $2
), done AS (
    UPDATE document_request SET url = '', name = '', last_error = NULL, next_at = NULL, sha256 = NULL
    WHERE event_key = ANY (ARRAY (SELECT event_key FROM page)) AND $3
    RETURNING 1
)
SELECT count(*) AS n FROM page

-- forget_documents --
DELETE FROM document
WHERE fetched_at < now() - interval '1 day'
  AND NOT EXISTS (SELECT FROM document_request WHERE document_request.sha256 = document.sha256)
  AND NOT EXISTS (SELECT FROM given_file WHERE given_file.sha256 = document.sha256)
  AND NOT EXISTS (SELECT FROM communication_file WHERE communication_file.sha256 = document.sha256)

-- dead_letters --
WITH page AS (
    SELECT id FROM dead_letter WHERE state <> 'open' AND settled_at < $1 ORDER BY id LIMIT $2
), done AS (
    DELETE FROM dead_letter WHERE id = ANY (ARRAY (SELECT id FROM page)) AND $3 RETURNING 1
)
SELECT count(*) AS n FROM page

-- sign_ins --
-- Of residents, too: theirs go when the next one signs in, which may be never.
WITH ended AS (
    SELECT hash FROM session WHERE ends_at < $1 LIMIT $2
), pages AS (
    SELECT hash FROM resident_session WHERE ends_at < $1 LIMIT $2
), codes AS (
    SELECT hash FROM resident_code WHERE created_at < $1 LIMIT $2
), failed AS (
    SELECT key FROM sign_in_lock WHERE failed_at < $1 AND (locked_until IS NULL OR locked_until < now()) LIMIT $2
), sessions AS (
    DELETE FROM session WHERE hash = ANY (ARRAY (SELECT hash FROM ended)) AND $3 RETURNING 1
), closed AS (
    DELETE FROM resident_session WHERE hash = ANY (ARRAY (SELECT hash FROM pages)) AND $3 RETURNING 1
), forgotten AS (
    DELETE FROM resident_code WHERE hash = ANY (ARRAY (SELECT hash FROM codes)) AND $3 RETURNING 1
), locks AS (
    DELETE FROM sign_in_lock WHERE key = ANY (ARRAY (SELECT key FROM failed)) AND $3 RETURNING 1
)
SELECT (SELECT count(*) FROM ended) + (SELECT count(*) FROM failed)
     + (SELECT count(*) FROM pages) + (SELECT count(*) FROM codes) AS n

-- audit --
-- As the tables' owner: `forget_audit`. The function itself keeps a year, for every caller.
SELECT CASE WHEN $3 THEN forget_audit($1, $2) ELSE (
    SELECT count(*) FROM (SELECT FROM audit WHERE at < $1 LIMIT $2) AS old
) END AS n
