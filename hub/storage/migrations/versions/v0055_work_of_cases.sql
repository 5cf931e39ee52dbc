-- The promises that run in each case, the first one due first, with what the views of matters ask of them.
CREATE INDEX clock_work ON clock (case_key, due_at, id) INCLUDE (name, state, level, copropiedad_id)
WHERE ended_at IS NULL AND NOT promise @> '{"silent": true}'
  AND jsonb_typeof(promise -> 'follow_up') IS DISTINCT FROM 'object';
