What fills a database for the mode `search`. Gaps in braces are of a kind of event.

-- functions --
CREATE FUNCTION pg_temp.some(text[], place double precision) RETURNS text LANGUAGE sql IMMUTABLE
RETURN ($1)[1 + least(floor(cardinality($1) * place * place)::int, cardinality($1) - 1)];
CREATE FUNCTION pg_temp.chance(seed text) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN (('x' || substr(md5(seed), 1, 8))::bit(32)::bigint)::double precision / 4294967296;

-- copropiedades --
INSERT INTO copropiedad (id, version, name, address)
SELECT 'ph-' || n, 1, pg_temp.some($1::text[], (n % cardinality($1)) / cardinality($1)::float) || ' ' || n,
       'Calle ' || 1 + n % 180 || ' # ' || 1 + n % 97 || '-' || n % 89
FROM generate_series(0, $2::int - 1) AS n

-- units --
INSERT INTO unit (id, version, copropiedad_id, tower, label)
SELECT 'u-' || n, 1, 'ph-' || n % $2::int, 1 + n / $2 % 8, 'Apto ' || 100 * (1 + n / $2 / 8 % 12) + 1 + n / $2 / 96
FROM generate_series(0, $1::int - 1) AS n

-- people --
INSERT INTO person (id, version, removed, digital_access, name, locale, contact_points)
SELECT 'p-' || n, 1, false, true, called, 'es', jsonb_build_array(
    jsonb_build_object('id', 'e', 'kind', 'email', 'value',
                       btrim(replace(search_words(called), ' ', '.'), '.') || n || '@correo.example'),
    jsonb_build_object('id', 'm', 'kind', 'phone', 'value', '+573' || lpad((n * 7919 % 1000000000)::text, 9, '0')))
FROM generate_series(0, $3::bigint - 1) AS n CROSS JOIN LATERAL (
    SELECT concat_ws(' ',
        pg_temp.some($1::text[], pg_temp.chance('a' || n)), pg_temp.some($1, pg_temp.chance('b' || n)),
        pg_temp.some($2::text[], pg_temp.chance('c' || n)), pg_temp.some($2, pg_temp.chance('d' || n))) AS called
    OFFSET 0
) AS named

-- memberships --
INSERT INTO membership (id, version, removed, since, person_id, scope_kind, scope_id, role)
SELECT 'm-' || n, 1, false, '2026-01-01', 'p-' || n, 'unit', 'u-' || n % $2::int,
       CASE WHEN n < $2 THEN 'owner' ELSE 'resident' END
FROM generate_series(0, $1::int - 1) AS n

-- membership_versions --
INSERT INTO directory_version (kind, id, version, time, since, removed, data)
SELECT 'membership', id, 1, now(), since, false, jsonb_build_object(
    'membership_id', id, 'version', 1, 'person_id', person_id, 'role', role, 'scope', scope_kind || ':' || scope_id)
FROM membership

-- unit_versions --
INSERT INTO directory_version (kind, id, version, time, since, removed, data)
SELECT 'unit', id, 1, now(), '2026-01-01', false, jsonb_build_object(
    'unit_id', id, 'version', 1, 'copropiedad_id', copropiedad_id, 'label', label)
FROM unit

-- events --
INSERT INTO event (key, time, received_at, planned_at, waiting, source, id, type, case_key, copropiedad_id, unit_id, data)
SELECT {key}, at, at, at, false, 'urn:bench', '{name}-' || n, 'co.coproservicios.{name}.v1',
       CASE '{name}' WHEN 'pqrs.received' THEN 'pqrs_id:pq-' || n WHEN 'admin.circular.issued' THEN 'circular_id:c-' || n END,
       'ph-' || n * 7 % $5::bigint,
       CASE '{name}' WHEN 'pqrs.received' THEN 'u-' || (n * 7 % $5 + $5 * (n / $5 % ($6::bigint / $5))) END,
       CASE '{name}'
           WHEN 'pqrs.received' THEN jsonb_build_object(
               'pqrs_id', 'pq-' || n, 'radicado', 'PQ-2026-' || lpad(n::text, 6, '0'),
               'subject', ($4::text[])[1 + n % cardinality($4)] || ' ' || n % 500)
           WHEN 'admin.circular.issued' THEN jsonb_build_object(
               'circular_id', 'c-' || n, 'title', ($3::text[])[1 + n % cardinality($3)] || ' ' || n % 40)
           ELSE jsonb_build_object('payment_id', 'pay-' || n, 'amount_cop', 100000 + n % 900000, 'period', '2026-03')
       END
FROM generate_series($1::bigint, $2::bigint) AS n CROSS JOIN LATERAL (SELECT {at} AS at OFFSET 0) AS placed

-- messages --
INSERT INTO message (
    id, event_key, created_at, updated_at, audience, step, state, channel, lane, purpose, event, event_id, occasion,
    person, contact_id, address, name, locale, copropiedad_id
)
SELECT {message}, {key}, at + interval '1 second', at + interval '2 seconds', 0, 0,
       CASE WHEN luck < .60 THEN 'sent' WHEN luck < .85 THEN 'delivered' WHEN luck < .95 THEN 'read'
            WHEN luck < .97 THEN 'failed' WHEN luck < .98 THEN 'bounced' WHEN luck < .995 THEN 'suppressed'
            WHEN luck < .998 THEN 'expired' WHEN luck < .9999 THEN 'cancelled' ELSE 'held' END,
       CASE WHEN way < .75 THEN 'email' WHEN way < .90 THEN 'inbox' WHEN way < .95 THEN 'sms' WHEN way < .99 THEN 'push'
            WHEN way < .9995 THEN 'whatsapp' ELSE 'voice' END,
       'normal', 'transactional', '{name}', '{name}-' || n, 'initial', 'p-' || (n * 7919 + copy) % $3::bigint, 'e',
       'somebody@correo.example', 'Somebody', 'es', 'ph-' || n * 7 % $4::bigint
FROM generate_series($1::bigint, $2::bigint) AS n CROSS JOIN generate_series(1, {copies}) AS copy
CROSS JOIN LATERAL (
    SELECT {at} AS at, pg_temp.chance('s{name}' || n || '/' || copy) AS luck, pg_temp.chance('w{name}' || n || '/' || copy) AS way
    OFFSET 0
) AS placed

-- clocks --
INSERT INTO clock (
    id, opened_by, started_at, due_at, ended_at, level, fired, case_key, name, state, steps, context, step_at, promise,
    copropiedad_id
)
SELECT {key}, {key}, at, at + interval '1 day', CASE WHEN open THEN NULL ELSE at + interval '1 hour' END, 1, 0,
       'pqrs_id:pq-' || n, 'first_reply', CASE WHEN open THEN 'open' ELSE 'met' END, '[]',
       jsonb_build_object('radicado', 'PQ-2026-' || lpad(n::text, 6, '0'), 'copropiedad_id', 'ph-' || n * 7 % $3::bigint),
       '{{}}', '{{"target": "P1D", "at_risk": 0.8, "ladder": []}}', 'ph-' || n * 7 % $3
FROM generate_series($1::bigint, $2::bigint) AS n
CROSS JOIN LATERAL (SELECT {at} AS at, n % 200 = 0 AS open OFFSET 0) AS placed
