Standing tasks: whether the events that show one done have come. By the indexes event_task and event_survey.

-- last_done --
SELECT copropiedad_id, max(time) AS at FROM event
WHERE type = '{type}' AND time >= $1 AND data @> $2::jsonb
GROUP BY copropiedad_id

-- places --
SELECT id AS copropiedad_id, name FROM copropiedad ORDER BY name, id

-- began_before --
SELECT EXISTS (SELECT FROM event WHERE received_at < $1) AS began
