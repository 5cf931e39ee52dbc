Erasing a person: each statement may be repeated, and changes only what is left.

-- is_known --
SELECT EXISTS (SELECT FROM person WHERE id = $1) OR EXISTS (SELECT FROM message WHERE person = $1 OFFSET 0) AS known

-- parties --
SELECT case_key, who, recipients FROM party
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS sought WHERE position(sought IN lower(recipients::text)) > 0)
FOR UPDATE

-- marks --
SELECT address_mark(given) AS mark, given FROM unnest($1::text[]) AS given

-- duties --
SELECT 'membership' AS duty WHERE EXISTS (
    SELECT FROM membership
    WHERE person_id = $1 AND NOT removed AND (since IS NULL OR since <= now()) AND (until IS NULL OR until > now())
)
UNION ALL
SELECT DISTINCT CASE WHEN clock.promise @> '{"silent": true}' THEN 'debt' ELSE 'case' END
FROM party JOIN clock ON clock.case_key = party.case_key AND clock.ended_at IS NULL
WHERE position('"' || $1 || '"' IN party.recipients::text) > 0 AND clock.promise ->> 'follow_up' IS NULL
UNION ALL
SELECT 'legal_message' WHERE EXISTS (
    SELECT FROM message
    WHERE person = $1 AND purpose = 'legal' AND state IN ('queued', 'held', 'retrying', 'sending')
    UNION ALL
    SELECT FROM letter JOIN message ON message.id = letter.id
    WHERE message.person = $1 AND letter.handed_over_at IS NULL AND message.state = 'sent'
)
UNION ALL
SELECT 'account' WHERE EXISTS (SELECT FROM account WHERE person = $1 AND disabled_at IS NULL)

-- counts --
SELECT
    (SELECT count(*) FROM message WHERE person = ANY ($3::text[]) AND (name <> '' OR address <> '')) AS messages,
    (
        SELECT count(*) FROM message
        WHERE person = $1 AND purpose = 'legal' AND created_at >= $2 AND (name <> '' OR address <> '')
    ) AS kept_legal,
    (SELECT count(*) FROM inbox_item WHERE person = $1 AND (subject, text, html) <> ('', '', '')) AS inbox,
    (
        SELECT count(*) FROM letter JOIN message ON message.id = letter.id
        WHERE message.person = $1 AND letter.name <> ''
    ) AS letters,
    (
        SELECT count(*) FROM reply
        WHERE (person = $1 OR lower(address) = ANY ($4::text[]) AND (person IS NULL OR starts_with(person, 'inline:')))
          AND (address, text) <> ('', '')
    ) AS replies,
    (SELECT count(*) FROM directory_version WHERE kind = 'person' AND id = $1 AND data <> '{}') AS versions,
    (SELECT count(*) FROM preference WHERE person = $1) AS preferences,
    (SELECT count(*) FROM do_not_contact WHERE person = $1) AS kept_marks,
    (SELECT count(*) FROM consent WHERE person = $1) AS kept_consents,
    (SELECT count(*) FROM audit WHERE person = $1) AS kept_audit

-- begin --
INSERT INTO erasure (person, asked_by, reason, words, marks) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (person) DO UPDATE
SET words = ARRAY (SELECT DISTINCT unnest(erasure.words || excluded.words)),
    marks = ARRAY (SELECT DISTINCT unnest(erasure.marks || excluded.marks)),
    cursor = NULL, finished_at = NULL, swept_at = least(erasure.swept_at, now())

-- tombstone --
-- With the greatest version there is, so that no later one of the publisher's ever counts.
INSERT INTO person (id, version, removed, digital_access, name, locale) VALUES ($1, $2, true, true, '', 'es')
ON CONFLICT (id) DO UPDATE
SET version = $2, removed = true, digital_access = true, name = '', locale = 'es', document_hash = NULL,
    contact_points = NULL, contact_points_given = NULL, large_print = false

-- last_version --
INSERT INTO directory_version (kind, id, version, time, since, removed, data)
VALUES ('person', $1, $2, now(), now(), true, '{}')
ON CONFLICT DO NOTHING

-- suppress --
-- Until nobody lives who could ask; not for ever, which some programs cannot read.
INSERT INTO suppression (address, channel, since, expires_at, reason, provider, code)
SELECT mark, channel, now(), '9999-12-31+00', 'erased', '', ''
FROM unnest($1::text[]) AS given (mark) CROSS JOIN unnest($2::text[]) AS of (channel)
ON CONFLICT (address, channel) DO NOTHING

-- forget_suppressions --
DELETE FROM suppression WHERE NOT starts_with(address, 'sha256:') AND address_mark(address) = ANY ($1::text[])

-- forget_opt_outs --
-- That of somebody else stands, from whatever address it came.
DELETE FROM opt_out
WHERE person = $2 OR address_mark(address) = ANY ($1::text[]) AND (person IS NULL OR starts_with(person, 'inline:'))

-- forget_turns --
DELETE FROM survey_turn WHERE person = $1

-- forget_digests --
DELETE FROM notice_digest WHERE person = $1

-- forget_account --
UPDATE account SET person = NULL, display_name = '' WHERE person = $1 AND disabled_at IS NOT NULL

-- close_page --
-- The person's own page: the codes that would open it, and where it is open.
WITH codes AS (
    DELETE FROM resident_code WHERE person = $1
)
DELETE FROM resident_session WHERE person = $1

-- forget_preferences --
DELETE FROM preference WHERE person = $1

-- forget_sheets --
-- Sheets that nobody has applied yet: one of them may name the person, and each is loaded again in a minute.
UPDATE sheet_import SET state = 'forgotten', content = NULL WHERE state = 'looked' AND $1::text IS NOT NULL

-- forget_chosen --
-- Whom a communication has chosen, and who stood in one of its lists.
WITH rows AS (
    DELETE FROM communication_row WHERE person = $1
)
DELETE FROM communication_person WHERE person = $1

-- blank_notes --
-- The mark stays with its reason: nobody may write to the person again. The notes of colleagues go.
UPDATE do_not_contact SET note = '' WHERE person = $1 AND note <> ''

-- blank_reasons --
-- What staff wrote for colleagues, where it names the person.
WITH named AS (
    UPDATE bulk_run SET reason = ''
    WHERE reason <> '' AND EXISTS (SELECT FROM unnest($1::text[]) AS word WHERE strpos(lower(reason), word) > 0)
), noted AS (
    UPDATE case_note SET words = '', untold = '{}'
    WHERE words <> '' AND EXISTS (SELECT FROM unnest($1::text[]) AS word WHERE strpos(lower(words), word) > 0)
    RETURNING id
), brought AS (
    DELETE FROM given_file WHERE id IN (SELECT id FROM noted)
), viewed AS (
    DELETE FROM saved_view
    WHERE EXISTS (SELECT FROM unnest($1::text[]) AS word WHERE strpos(lower(name || ' ' || query::text), word) > 0)
)
UPDATE pause SET reason = ''
WHERE reason <> '' AND EXISTS (SELECT FROM unnest($1::text[]) AS word WHERE strpos(lower(reason), word) > 0)

-- blank_communications --
-- What people at the company wrote for many, where it names the person: all of it, since nobody can tell what is left.
WITH sought AS (SELECT unnest($1::text[]) AS word), drafts AS (
    UPDATE communication SET title = '', words = '', draft = '{}', recall = NULL
    WHERE EXISTS (SELECT FROM sought WHERE strpos(lower(concat(title, draft, recall)), word) > 0)
), plans AS (
    UPDATE communication_plan SET shown = NULL
    WHERE EXISTS (SELECT FROM sought WHERE strpos(lower(shown::text), word) > 0)
), parts AS (
    UPDATE communication_part SET data = '{}', event = NULL
    WHERE EXISTS (SELECT FROM sought WHERE strpos(lower(concat(data, convert_from(event, 'UTF8'))), word) > 0)
), asked AS (
    UPDATE approval SET reason = '', shown = NULL
    WHERE EXISTS (SELECT FROM sought WHERE strpos(lower(concat(reason, convert_from(shown, 'UTF8'))), word) > 0)
), audiences AS (
    DELETE FROM saved_audience WHERE EXISTS (SELECT FROM sought WHERE strpos(lower(concat(name, whom)), word) > 0)
), files AS (
    UPDATE communication_file SET name = '' WHERE EXISTS (SELECT FROM sought WHERE strpos(lower(name), word) > 0)
), held AS (
    UPDATE held_event SET body = '', reason = '' WHERE EXISTS (
        SELECT FROM sought WHERE strpos(lower(concat(reason, convert_from(body, 'UTF8'))), word) > 0
    )
)
DELETE FROM communication_model
WHERE EXISTS (SELECT FROM sought WHERE strpos(lower(concat(name, draft)), word) > 0)

-- blank_case_notes --
-- In a case of this person alone each word of a colleague speaks of them. The files go with the words.
WITH noted AS (
    UPDATE case_note SET words = '', untold = '{}' WHERE case_key = ANY ($1::text[]) AND words <> '' RETURNING id
)
DELETE FROM given_file WHERE id IN (SELECT id FROM noted)

-- due --
-- Erasures of the last days are looked at each time: work under way may have left something behind.
SELECT person, words, marks, cursor, finished_at FROM erasure
WHERE finished_at IS NULL OR asked_at > now() - interval '2 days' OR looked_at < now() - interval '1 hour'
ORDER BY looked_at LIMIT 100

-- erased_since --
SELECT person, asked_at, reason FROM erasure WHERE asked_at >= $1 ORDER BY asked_at, person

-- one --
SELECT person, words, marks, cursor, finished_at FROM erasure WHERE person = $1

-- advance --
UPDATE erasure SET cursor = $2 WHERE person = $1

-- finish --
UPDATE erasure SET looked_at = now(), finished_at = coalesce(finished_at, now()), words = '{}' WHERE person = $1

-- look --
UPDATE erasure SET looked_at = now() WHERE person = $1

-- left --
-- `sending` belongs to a worker, who has the words in memory: it ends by itself. A worker that records late adds an
-- attempt to a message that was stopped.
SELECT EXISTS (
    SELECT FROM message
    WHERE person = $1 AND NOT (purpose = 'legal' AND created_at >= $2 AND (state <> 'sending') IS TRUE)
      AND (
          name <> '' OR address <> '' OR fallback IS NOT NULL OR (state = 'sending') IS TRUE
          OR updated_at > now() - interval '1 day' AND EXISTS (
              SELECT FROM attempt WHERE message_id = message.id AND (facts IS NOT NULL OR content IS NOT NULL)
          )
      )
    OFFSET 0
) OR EXISTS (
    SELECT FROM message JOIN attempt ON message_id = message.id AND facts IS NOT NULL
    WHERE person = $1 AND updated_at > now() - interval '1 day'
) OR EXISTS (
    SELECT FROM inbox_item WHERE person = $1 AND (subject, text, html) <> ('', '', '')
) OR EXISTS (
    SELECT FROM reply
    WHERE (
          person = $1
          OR address_mark(address) = ANY ($3::text[]) AND (person IS NULL OR starts_with(person, 'inline:'))
      )
      AND (address, subject, text) <> ('', '', '') AND received_at > now() - interval '2 days'
) OR EXISTS (
    SELECT FROM directory_version WHERE kind = 'person' AND id = $1 AND data <> '{}'
) OR EXISTS (
    SELECT FROM preference WHERE person = $1
) OR EXISTS (
    SELECT FROM resident_code WHERE person = $1
) OR EXISTS (
    SELECT FROM resident_session WHERE person = $1
) OR EXISTS (
    SELECT FROM do_not_contact WHERE person = $1 AND note <> ''
) AS something

-- message_page --
SELECT id FROM message WHERE person = $1 AND id > $2 ORDER BY id LIMIT $3

-- erase_messages --
-- The bytes, the name and the address of a legal message stay for their term ($4); the facts of all go, since the bytes
-- prove the words without them. A message that is being sent is left to its worker, and comes next time.
WITH settled AS (
    SELECT id, purpose = 'legal' AND created_at >= $4 AND NOT state = ANY ($5::text[]) AS kept FROM message
    WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3 AND (state <> 'sending') IS TRUE
    FOR UPDATE
), gone AS (
    SELECT id FROM settled WHERE NOT kept
), facts AS (
    UPDATE attempt SET facts = NULL
    WHERE message_id = ANY (ARRAY (SELECT id FROM settled WHERE kept)) AND message_id BETWEEN $2 AND $3
      AND facts IS NOT NULL
    RETURNING 1
), calls AS (
    UPDATE attempt SET facts = NULL, content = NULL
    WHERE message_id = ANY (ARRAY (SELECT id FROM gone)) AND message_id BETWEEN $2 AND $3
      AND (facts IS NOT NULL OR content IS NOT NULL)
    RETURNING 1
), items AS (
    UPDATE inbox_item SET subject = '', text = '', html = ''
    WHERE id = ANY (ARRAY (SELECT id FROM settled)) AND (subject, text, html) <> ('', '', '')
    RETURNING 1
), letters AS (
    UPDATE letter SET name = '', subject = '', text = '', html = '', place = NULL, guide = NULL
    WHERE id = ANY (ARRAY (SELECT id FROM gone)) AND (name, subject, text, html) <> ('', '', '', '')
    RETURNING 1
), blanked AS (
    UPDATE message
    SET name = '', address = '', fallback = NULL, units = NULL, patience = NULL, cascaded = true, next_at = NULL,
        state = CASE WHEN state = ANY ($5::text[]) THEN 'cancelled' ELSE state END,
        reason = CASE WHEN state = ANY ($5::text[]) THEN 'erased' ELSE reason END, updated_at = now()
    WHERE id = ANY (ARRAY (SELECT id FROM gone)) AND id BETWEEN $2 AND $3
      AND (name <> '' OR address <> '' OR fallback IS NOT NULL OR units IS NOT NULL OR state = ANY ($5::text[]))
    RETURNING 1
)
SELECT (SELECT count(*) FROM blanked) + (SELECT count(*) FROM calls) + (SELECT count(*) FROM facts)
     + (SELECT count(*) FROM items) + (SELECT count(*) FROM letters) AS n

-- erase_items --
UPDATE inbox_item SET subject = '', text = '', html = '' WHERE person = $1 AND (subject, text, html) <> ('', '', '')

-- erase_replies --
-- What is not published yet is published first: an event without its words would be an answer that nobody can read.
-- The address stands for the person only where the reply names nobody by reference. The files go with the words.
WITH blanked AS (
    UPDATE reply SET address = '', subject = '', text = '', reference = ''
    WHERE (person = $1 OR address_mark(address) = ANY ($2::text[]) AND (person IS NULL OR starts_with(person, 'inline:')))
      AND (address, subject, text) <> ('', '', '')
      AND (published_at IS NOT NULL OR kind IN ('automatic', 'complaint'))
    RETURNING id
), gone AS (
    DELETE FROM given_file WHERE id IN (SELECT id FROM blanked) OR person = $1 RETURNING request
)
DELETE FROM document_request WHERE event_key IN (SELECT request FROM gone)

-- erase_versions --
UPDATE directory_version SET data = '{}', to_notify = NULL
WHERE kind = 'person' AND id = $1 AND (data <> '{}' OR to_notify IS NOT NULL)

-- erase_copies --
DELETE FROM webhook_event
WHERE position('"' || $1 || '"' IN event::text) > 0
   OR EXISTS (SELECT FROM unnest($2::text[]) AS word WHERE position(word IN lower(event::text)) > 0)

-- events --
SELECT key, case_key, type, data FROM event WHERE key > $1 ORDER BY key LIMIT $2

-- late_events --
-- OFFSET 0: by when they came, or the planner would read all months in the order of their keys.
SELECT key, case_key, type, data FROM (
    SELECT key, case_key, type, data FROM event WHERE received_at >= $1 AND received_at < $2 OFFSET 0
) AS late
WHERE key > $3 ORDER BY key LIMIT $4

-- now --
SELECT now() AS at

-- of_cases --
SELECT key, case_key, type, data FROM event WHERE case_key = ANY ($1::text[]) ORDER BY key

-- put_event --
UPDATE event
SET data = $2, subject = CASE WHEN $3 THEN NULL ELSE subject END, extensions = NULL, content = NULL
WHERE key = $1

-- swept --
UPDATE erasure SET swept_at = greatest(swept_at, $1)

-- swept_until --
SELECT min(swept_at) AS at, array_agg(person) AS people,
       ARRAY (SELECT DISTINCT unnest(marks) FROM erasure) AS marks
FROM erasure WHERE finished_at IS NOT NULL

-- case_parties --
SELECT case_key, who, recipients FROM party WHERE case_key = ANY ($1::text[])

-- put_party --
UPDATE party SET recipients = $3 WHERE case_key = $1 AND who = $2

-- strip_facts --
-- Words to others about these events were made of data that is gone: they cannot be made again, and nobody changed
-- them.
UPDATE attempt SET facts = NULL
WHERE facts IS NOT NULL AND message_id = ANY (ARRAY (
    SELECT message.id FROM unnest($1::uuid[]) AS given (key)
    CROSS JOIN LATERAL (
        SELECT id FROM message
        WHERE event_key = given.key AND id BETWEEN moment_start(given.key) AND moment_end(given.key)
        OFFSET 0
    ) AS message
))

-- of_people --
-- Events of the hub about a message name nobody by reference.
SELECT id::text AS id FROM message
WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3 AND person = ANY ($4::text[])

-- strip_texts --
-- Texts in others' inboxes, or on paper that no law keeps, of events about this person alone ($2), or with a word
-- of theirs ($3). A poster is made again from the rest of its event.
WITH told AS (
    SELECT message.id, message.purpose, given.alone FROM unnest($1::uuid[], $2::bool[]) AS given (key, alone)
    CROSS JOIN LATERAL (
        SELECT id, purpose FROM message
        WHERE event_key = given.key AND id BETWEEN moment_start(given.key) AND moment_end(given.key)
        OFFSET 0
    ) AS message
), items AS (
    UPDATE inbox_item SET subject = '', text = '', html = ''
    FROM told
    WHERE told.id = inbox_item.id AND inbox_item.text <> ''
      AND (told.alone OR EXISTS (
          SELECT FROM unnest($3::text[]) AS word
          WHERE position(word IN lower(inbox_item.subject || inbox_item.text || inbox_item.html)) > 0
      ))
    RETURNING 1
), posters AS (
    UPDATE poster SET title = NULL, html = NULL, sha256 = NULL, made_at = NULL
    FROM unnest($1::uuid[], $2::bool[]) AS given (key, alone)
    WHERE poster.event_key = given.key AND poster.html IS NOT NULL
      AND (given.alone OR EXISTS (
          SELECT FROM unnest($3::text[]) AS word WHERE position(word IN lower(poster.title || poster.html)) > 0
      ))
    RETURNING 1
)
UPDATE letter SET subject = '', text = '', html = ''
FROM told
WHERE told.id = letter.id AND told.purpose <> 'legal' AND (letter.subject, letter.text, letter.html) <> ('', '', '')
  AND (told.alone OR EXISTS (
      SELECT FROM unnest($3::text[]) AS word
      WHERE position(word IN lower(letter.subject || letter.text || letter.html)) > 0
  ))

-- strip_documents --
-- Of events about this person alone. A legal message that is kept needs its document.
WITH gone AS (
    UPDATE document_request SET url = '', name = '', sha256 = NULL, last_error = NULL, next_at = NULL, state = 'failed'
    WHERE event_key = ANY ($1::uuid[]) AND (url <> '' OR sha256 IS NOT NULL) AND NOT EXISTS (
        SELECT FROM message
        WHERE message.event_key = document_request.event_key AND purpose = 'legal' AND created_at >= $2 OFFSET 0
    )
    RETURNING 1
)
SELECT count(*) AS n FROM gone

-- forget_documents --
DELETE FROM document
WHERE fetched_at < now() - interval '1 minute'
  AND NOT EXISTS (SELECT FROM document_request WHERE document_request.sha256 = document.sha256)
  AND NOT EXISTS (SELECT FROM given_file WHERE given_file.sha256 = document.sha256)
  AND NOT EXISTS (SELECT FROM communication_file WHERE communication_file.sha256 = document.sha256)

-- dead_page --
SELECT id, body FROM dead_letter
WHERE id > $1 AND received_at >= $3 AND octet_length(body) > 0
ORDER BY id LIMIT $2

-- erase_dead --
UPDATE dead_letter
SET body = '', headers = '{}', state = CASE WHEN state = 'open' THEN 'discarded' ELSE state END,
    settled_at = coalesce(settled_at, now())
WHERE id = ANY ($1::uuid[])

-- inline --
-- Messages to strangers at these addresses. That of the letter has no address: its stranger is the same one's. A
-- stranger who left only the person's name is taken for the person as well ($3).
WITH planned AS (
    SELECT message.* FROM unnest($1::uuid[]) AS given (key)
    CROSS JOIN LATERAL (
        SELECT id, event_key, person, name, address FROM message
        WHERE event_key = given.key AND id BETWEEN moment_start(given.key) AND moment_end(given.key)
          AND starts_with(person, 'inline:')
        OFFSET 0
    ) AS message
)
SELECT id FROM planned
WHERE CASE
    WHEN address NOT IN ('', person) THEN address_mark(address) = ANY ($2::text[])
    ELSE EXISTS (
        SELECT FROM planned AS other
        WHERE (other.event_key, other.person) = (planned.event_key, planned.person)
          AND other.address NOT IN ('', other.person) AND address_mark(other.address) = ANY ($2)
    ) OR lower(name) = ANY ($3::text[]) AND NOT EXISTS (
        SELECT FROM planned AS other
        WHERE (other.event_key, other.person) = (planned.event_key, planned.person)
          AND other.address NOT IN ('', other.person)
    )
END

-- clocks_of_cases --
SELECT id, case_key, opened_by, context, promise ->> 'follow_up' IS NOT NULL AS is_follow_up FROM clock
WHERE case_key = ANY ($1::text[]) AND context IS NOT NULL

-- clocks_left_behind --
-- The month of their event is dropped: clocks stay for the figures.
SELECT id, case_key, opened_by, context, promise ->> 'follow_up' IS NOT NULL AS is_follow_up FROM clock
WHERE context IS NOT NULL
  AND EXISTS (SELECT FROM unnest($1::text[]) AS sought WHERE position(sought IN lower(context::text)) > 0)
  AND NOT EXISTS (SELECT FROM event WHERE event.key = clock.opened_by)
FOR UPDATE OF clock

-- put_clock --
UPDATE clock SET context = $2 WHERE id = $1
