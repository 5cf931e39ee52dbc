Emergencies that are open, and people whom a message of one has not reached.

-- lost --
-- The id of a message begins with the time of its event: older months are not opened. Of a person nothing is under
-- way or accepted, and no step of the cascade is left; what lies in an inbox has reached nobody. Whom no channel
-- reaches is known at planning (`unreached`), and has nothing but the inbox, or no address at all.
WITH gone AS (
    SELECT * FROM message
    WHERE purpose = 'emergency' AND state IN ('failed', 'bounced', 'suppressed', 'expired')
      AND address <> '' AND id >= $2
    UNION ALL
    SELECT message.* FROM unreached JOIN message ON message.event_key = unreached.event_key
    WHERE 'no_channel' = ANY (reasons) AND found_at > now() - interval '1 hour'
      AND purpose = 'emergency' AND id >= $2
      AND (state = 'waiting' OR (state IN ('failed', 'suppressed', 'expired') AND address = ''))
),
lost AS (
    SELECT *, min(updated_at) OVER (PARTITION BY event_key) AS since
    FROM gone AS message
    WHERE event <> $1 AND updated_at > now() - interval '1 hour'
      -- Nobody is sent to who lives in a tower without danger while others wait for it.
      AND variant IS DISTINCT FROM $8
      -- Nobody is sent to look for the deceased.
      AND reason IS DISTINCT FROM 'do_not_contact'
      AND NOT EXISTS (
          SELECT FROM emergency_alert AS alert
          WHERE alert.event_key = message.event_key AND alert.person = message.person
      )
      AND NOT EXISTS (
          SELECT FROM message AS other
          WHERE other.event_key = message.event_key
            AND other.id BETWEEN moment_start(message.id) AND moment_end(message.id)
            AND other.person = message.person AND other.occasion = message.occasion
            AND (
                other.state NOT IN ('failed', 'bounced', 'suppressed', 'expired', 'waiting')
                OR (
                    other.fallback IS NOT NULL AND NOT EXISTS (
                        SELECT FROM message AS later
                        WHERE later.event_key = other.event_key
                          AND later.id BETWEEN moment_start(other.id) AND moment_end(other.id)
                          AND later.person = other.person AND later.occasion = other.occasion
                          AND later.audience = other.audience AND later.step > other.step
                    )
                )
            )
          OFFSET 0
      )
)
SELECT lost.id, lost.event_key, person, coalesce(name, '') AS name, channel, address,
       coalesce(units, '[]') AS units, reason,
       (
           SELECT point ->> 'value' FROM person, jsonb_array_elements(person.contact_points) AS point
           WHERE person.id = lost.person AND NOT person.removed AND point ->> 'kind' = 'phone' LIMIT 1
       ) AS phone
FROM lost
WHERE since < now() - $4::interval AND NOT EXISTS (
    SELECT FROM emergency_alert AS alert
    WHERE alert.event_key = lost.event_key AND alert.alerted_at > now() - $5::interval
)
-- Once the emergency is over nobody is called about it.
AND NOT EXISTS (
    SELECT FROM event AS about JOIN event AS ending ON ending.case_key = about.case_key AND ending.time >= about.time
    WHERE about.key = lost.event_key AND about.key BETWEEN moment_start(lost.id) AND moment_end(lost.id)
      AND ending.type = $6 AND ending.data ->> 'status' = $7
    OFFSET 0
)
ORDER BY lost.event_key, person, lost.id
LIMIT $3

-- mark --
INSERT INTO emergency_alert (event_key, person) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING

-- open --
-- By the index event_emergency. One is open until an update clears it: at least for a day, and for as long as nobody
-- has taken it on. Of its people are counted those who live there, by the messages of the declaration.
SELECT DISTINCT ON (about.case_key)
       about.key, about.case_key AS case, coalesce(about.data ->> 'kind', 'emergencia') AS kind,
       coalesce(about.data ->> 'scope', '') AS scope,
       coalesce((about.data ->> 'drill')::boolean, false) AS drill, about.time AS since,
       about.copropiedad_id, coalesce(copropiedad.name, about.copropiedad_id, '') AS building,
       clock.id AS clock, clock.id IS NOT NULL AND clock.ended_at IS NULL AS unattended,
       coalesce(taken.by, '') AS taken_by, coalesce(taken.time, clock.ended_at) AS taken_at,
       people.told, people.reached, people.lost
FROM event AS about
LEFT JOIN copropiedad ON copropiedad.id = about.copropiedad_id
LEFT JOIN LATERAL (
    SELECT id, ended_at FROM clock WHERE case_key = about.case_key AND name = 'emergency_ack'
    ORDER BY started_at DESC LIMIT 1
) AS clock ON true
LEFT JOIN LATERAL (
    SELECT data ->> 'by' AS by, time FROM event
    WHERE case_key = about.case_key AND time >= about.time AND type = ANY ($4::text[])
    ORDER BY time DESC LIMIT 1
) AS taken ON true
CROSS JOIN LATERAL (
    SELECT count(*)::int AS told, (count(*) FILTER (WHERE has_it))::int AS reached,
           (count(*) FILTER (WHERE has_nothing))::int AS lost
    FROM (
        SELECT bool_or(state IN ('delivered', 'read')) AS has_it,
               -- What lies in an inbox has reached nobody, and nobody looks for the deceased.
               bool_and(state IN ('failed', 'bounced', 'suppressed', 'expired', 'waiting')
                        AND reason IS DISTINCT FROM 'do_not_contact') AS has_nothing
        FROM message
        WHERE event_key = about.key AND id BETWEEN moment_start(about.key) AND moment_end(about.key)
          AND purpose = 'emergency' AND audience = ANY ($5::smallint[])
        GROUP BY person
    ) AS each
) AS people
WHERE about.type = '{declared}' AND about.time > now() - interval '7 days'
  AND (about.time > now() - interval '1 day' OR (clock.id IS NOT NULL AND clock.ended_at IS NULL))
  AND ($1::text[] IS NULL OR about.copropiedad_id = ANY ($1))
  AND NOT EXISTS (
      SELECT FROM event AS ending
      WHERE ending.case_key = about.case_key AND ending.time >= about.time
        AND ending.type = $2 AND ending.data ->> 'status' = $3
      OFFSET 0
  )
ORDER BY about.case_key, about.time

-- calls --
-- Promises to call somebody who may be in danger; they run for minutes.
SELECT clock.id, clock.name, case_key AS case, started_at AS since, copropiedad_id,
       coalesce(copropiedad.name, copropiedad_id, '') AS building
FROM clock LEFT JOIN copropiedad ON copropiedad.id = clock.copropiedad_id
WHERE ended_at IS NULL AND clock.name = ANY ($1::text[])
  -- In a drill nobody is unreached; whoever answers may be in danger all the same.
  AND (clock.name = 'emergency_reply' OR coalesce(context ->> 'drill', '') <> 'true')
  AND ($2::text[] IS NULL OR copropiedad_id = ANY ($2))
ORDER BY started_at, clock.id
LIMIT 100

-- unreached --
-- Who of those who live there has got nothing, with a telephone of the directory.
SELECT lost.person, coalesce(lost.name, '') AS name, coalesce(lost.units, '[]') AS units, (
    SELECT point ->> 'value' FROM person, jsonb_array_elements(person.contact_points) AS point
    WHERE person.id = lost.person AND NOT person.removed AND point ->> 'kind' = 'phone' LIMIT 1
) AS phone
FROM (
    SELECT person, max(name) AS name, (array_agg(units) FILTER (WHERE units IS NOT NULL))[1] AS units
    FROM message
    WHERE event_key = $1 AND id BETWEEN moment_start($1) AND moment_end($1)
      AND purpose = 'emergency' AND audience = ANY ($2::smallint[])
    GROUP BY person
    HAVING bool_and(state IN ('failed', 'bounced', 'suppressed', 'expired', 'waiting')
                    AND reason IS DISTINCT FROM 'do_not_contact')
) AS lost
ORDER BY units, person
LIMIT $3

-- called --
SELECT FROM message
WHERE event_key = $1 AND id BETWEEN moment_start($1) AND moment_end($1) AND person = $2 AND audience <> ALL ($3::smallint[])
  AND purpose = 'emergency'
LIMIT 1
