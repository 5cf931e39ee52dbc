What the hub holds of a person, to hand it over.

-- versions --
SELECT version, since, source, data FROM directory_version
WHERE kind = 'person' AND id = $1 AND NOT removed AND data <> '{}'
ORDER BY version

-- roles --
SELECT id, data ->> 'role' AS role, data ->> 'scope' AS scope, since, until, removed FROM directory_version
WHERE kind = 'membership' AND data ->> 'person_id' = $1 AND data ? 'role'
ORDER BY since, id, version

-- cases --
SELECT party.case_key AS case, party.who, clock.context ->> 'radicado' AS radicado, clock.context ->> 'subject' AS subject,
       clock.id AS clock, clock.name, clock.state, clock.started_at, clock.due_at, clock.ended_at
FROM party LEFT JOIN clock ON clock.case_key = party.case_key AND clock.promise ->> 'follow_up' IS NULL
WHERE position('"' || $1 || '"' IN party.recipients::text) > 0
ORDER BY party.since, party.case_key, party.who, clock.started_at, clock.name

-- surveys --
-- By the index of the surveys' events.
SELECT time AS at, data FROM event
WHERE type = 'co.coproservicios.survey.answered.v1' AND data ->> 'person_id' = $1
ORDER BY time

-- preferences --
SELECT * FROM preference WHERE person = $1 ORDER BY version

-- openings --
SELECT created_at AS at, ends_at, shown FROM resident_code WHERE person = $1
UNION ALL
SELECT created_at, ends_at, NULL FROM resident_session WHERE person = $1
ORDER BY 1

-- contacts --
SELECT day, channel FROM contact_slot WHERE person = $1 AND spent ORDER BY day, channel
