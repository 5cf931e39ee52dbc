Surveys: what one message has asked, whose turn it is, and what the indicators count.

-- of_message --
SELECT message.id AS message_id, message.person, event.case_key, event.time AS asked_at, event.data,
       event.copropiedad_id, event.unit_id, copropiedad.name AS building
FROM message JOIN event ON event.key = message.event_key
 AND event.key BETWEEN moment_start($1) AND moment_end($1)
LEFT JOIN copropiedad ON copropiedad.id = event.copropiedad_id
WHERE message.id = $1 AND message.event = 'survey.requested'

-- take_turns --
-- The turn of a person belongs to one survey. It is free again after $3, or if nothing of that survey is under way or
-- can have arrived. Each claim of a message counts a try: one without a certain answer may have arrived, also if the
-- worker died. The conflict locks the row: two workers never both find it free.
INSERT INTO survey_turn (person, event_key)
SELECT person, event_key FROM unnest($1::text[], $2::uuid[]) AS given (person, event_key) ORDER BY person
ON CONFLICT (person) DO UPDATE
SET event_key = excluded.event_key, taken_at = now()
WHERE survey_turn.event_key = excluded.event_key
   OR survey_turn.taken_at <= now() - $3::interval
   OR NOT EXISTS (
       SELECT FROM message
       WHERE message.event_key = survey_turn.event_key AND message.person = survey_turn.person
         AND message.id BETWEEN moment_start(survey_turn.event_key) AND moment_end(survey_turn.event_key)
         AND message.occasion = 'initial'
         AND (
             message.state IN ('queued', 'held', 'retrying', 'sending', 'sent', 'waiting', 'delivered', 'read')
             OR message.attempts > (
                 SELECT count(*) FROM attempt
                 WHERE attempt.message_id = message.id AND outcome IN ('accepted', 'transient', 'permanent')
                   AND attempt.message_id BETWEEN moment_start(survey_turn.event_key) AND moment_end(survey_turn.event_key)
             )
         )
   )
RETURNING person, event_key

-- have_asked --
-- While the turn lasts nobody takes it from a survey that was accepted: what is found here stays so.
SELECT given.person, given.event_key
FROM unnest($1::text[], $2::uuid[]) AS given (person, event_key)
JOIN survey_turn USING (person, event_key)
WHERE survey_turn.taken_at > now() - $3::interval
  AND EXISTS (
      SELECT FROM message
      WHERE message.event_key = given.event_key AND message.person = given.person
        AND message.id BETWEEN moment_start(given.event_key) AND moment_end(given.event_key)
        AND message.occasion = 'initial' AND message.state IN ('sent', 'waiting', 'delivered', 'read')
  )

-- respondents --
-- Reads only. A survey that another has meanwhile overtaken is refused when it leaves (take_turns).
SELECT given.person,
       (
           SELECT min(coalesce(unit.copropiedad_id, CASE WHEN scope_kind = 'copropiedad' THEN scope_id END))
           FROM member LEFT JOIN unit ON member.scope_kind = 'unit' AND unit.id = member.scope_id
           WHERE member.id = given.person AND member.role = ANY ($5::text[])
       ) AS copropiedad_id,
       CASE
           WHEN EXISTS (
               SELECT FROM event
               WHERE event.case_key = given.case_key AND event.type = 'co.coproservicios.survey.requested.v1'
                 AND event.key >= $3
           ) THEN 'asked'
           WHEN EXISTS (
               SELECT FROM survey_turn
               JOIN message ON message.event_key = survey_turn.event_key AND message.person = survey_turn.person
                AND message.id BETWEEN moment_start(survey_turn.event_key) AND moment_end(survey_turn.event_key)
               WHERE survey_turn.person = given.person AND survey_turn.taken_at > now() - $4::interval
                 AND message.occasion = 'initial'
                 AND message.state IN ('queued', 'held', 'retrying', 'sending', 'sent', 'waiting', 'delivered', 'read')
           ) THEN 'asked_lately'
       END AS left_out
FROM unnest($1::text[], $2::text[]) AS given (person, case_key)

-- asked --
-- By the index event_survey, which has these types and no others: they stand here and in no parameter.
SELECT event.case_key, event.data ->> 'kind' AS kind, event.data ->> 'service_area' AS service_area,
       event.copropiedad_id, event.time AS at, true AS asked,
       EXISTS (
           SELECT FROM event AS answer
           WHERE answer.case_key = event.case_key AND answer.type = 'co.coproservicios.survey.answered.v1'
             AND answer.key >= $3
       ) AS answered
FROM event
WHERE event.type = 'co.coproservicios.survey.requested.v1' AND event.time >= $1 AND event.time < $2
  AND event.key BETWEEN $3 AND $4
  AND ($5::text IS NULL OR event.data ->> 'service_area' = $5)
  AND ($6::text[] IS NULL OR event.copropiedad_id = ANY ($6))
  AND EXISTS (
      SELECT FROM message
      WHERE message.event_key = event.key
        AND message.id BETWEEN moment_start(event.key) AND moment_end(event.key)
        AND message.state IN ('sent', 'waiting', 'delivered', 'read')
        -- What went into a file asked nobody.
        AND message.reason IS DISTINCT FROM 'captured'
  )

-- answers --
-- The last answer of each survey: a change counts instead of what it changes.
SELECT DISTINCT ON (case_key) case_key, data ->> 'kind' AS kind, data ->> 'service_area' AS service_area,
       copropiedad_id, (data ->> 'score')::numeric::int AS score, time AS answered_at
FROM event
WHERE type = 'co.coproservicios.survey.answered.v1' AND time >= $1 AND time < $2 AND key BETWEEN $3 AND $4
  AND ($5::text IS NULL OR data ->> 'service_area' = $5)
  AND ($6::text[] IS NULL OR copropiedad_id = ANY ($6))
ORDER BY case_key, time DESC, id DESC
