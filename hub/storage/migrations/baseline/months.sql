-- Events, messages and attempts by month, so that an old month goes by dropping a table. `events.sql` and
-- `messages.sql` have the tables. Months are made and dropped by functions of their owner, for a user of the roles that
-- owns nothing (hub/storage/rights.py).

CREATE FUNCTION make_month(of text, month text, since uuid, until uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE
        key text := CASE of WHEN 'event' THEN 'key' WHEN 'message' THEN 'id' WHEN 'attempt' THEN 'message_id' END;
        rest text := of || '_default';
        made text := of || '_' || month;
        options text;
    BEGIN
        IF key IS NULL OR month !~ '^\d{4}_\d{2}$' THEN
            RAISE invalid_parameter_value USING MESSAGE = 'that is no month of the hub';
        END IF;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', made, rest);
        SELECT string_agg(option, ', ') INTO options
        FROM pg_class CROSS JOIN unnest(reloptions) AS option WHERE oid = rest::regclass;
        IF options IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %I SET (%s)', made, options);
        END IF;
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', rest);
        EXECUTE format(
            'WITH moved AS (DELETE FROM %1$I WHERE %2$I >= %3$L AND %2$I < %4$L RETURNING *) '
            'INSERT INTO %5$I SELECT * FROM moved', rest, key, since, until, made
        );
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', of, made, since, until);
    END
$$;

-- The user of the roles may drop an old month by this, and never the current one, one to come, or the one before: no
-- retention keeps less. A name may lie, so the bounds of the partitions count. Who has dropped it stands in the audit.
CREATE FUNCTION drop_month(month text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE
        kept timestamptz := (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month') AT TIME ZONE 'UTC';
        first_kept uuid := rpad(lpad(to_hex((extract(epoch FROM kept) * 1000)::bigint), 12, '0'), 32, '0');
        old int;
    BEGIN
        IF month !~ '^(until_)?\d{4}_\d{2}$' THEN
            RAISE invalid_parameter_value USING MESSAGE = 'that is no month of the hub';
        END IF;
        SELECT count(*) INTO old
        FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE (inhparent, inhrelid) IN (
            ('attempt'::regclass, to_regclass('attempt_' || month)),
            ('message'::regclass, to_regclass('message_' || month)),
            ('event'::regclass, to_regclass('event_' || month))
        )
          AND substring(pg_get_expr(relpartbound, inhrelid) FROM 'TO \(''([0-9a-f-]{36})''\)')::uuid <= first_kept;
        IF old <> 3 THEN
            RAISE invalid_parameter_value USING MESSAGE = 'that month is too young to be dropped, or not whole';
        END IF;
        INSERT INTO audit (id, at, who, action, subject, detail) VALUES (
            (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0')
                || '8' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid,
            now(), 'database:' || session_user, 'months.drop', 'months', jsonb_build_object('month', month)
        );
        EXECUTE format('DROP TABLE %I, %I, %I', 'attempt_' || month, 'message_' || month, 'event_' || month);
    END
$$;

-- They run with the rights of their owner: a caller must not choose which tables their names mean.
DO $do$
    DECLARE
        function text;
    BEGIN
        FOREACH function IN ARRAY ARRAY['make_month(text, text, uuid, uuid)', 'drop_month(text)'] LOOP
            EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', function, current_schema());
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', function);
        END LOOP;
    END $do$;

-- The first month takes all that is older too: what a hub takes over from years ago is not a table for each month. The
-- indexes that a table has by then are called in it as in the whole. It is dropped when the three have theirs.
CREATE FUNCTION make_first_month(of text) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        ends timestamp := date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month';
        bound uuid := rpad(lpad(to_hex((extract(epoch FROM ends) * 1000)::bigint), 12, '0'), 32, '0');
        made text := of || to_char(ends, '"_until_"YYYY_MM');
        options text;
        own record;
    BEGIN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (MINVALUE) TO (%L)', made, of, bound);
        SELECT string_agg(option, ', ') INTO options
        FROM pg_class CROSS JOIN unnest(reloptions) AS option WHERE oid = (of || '_default')::regclass;
        IF options IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %I SET (%s)', made, options);
        END IF;
        FOR own IN
            SELECT pg_get_constraintdef(oid) AS definition
            FROM pg_constraint WHERE conrelid = (of || '_default')::regclass AND contype = 'u'
        LOOP
            EXECUTE format('ALTER TABLE %I ADD %s', made, own.definition);
        END LOOP;
        FOR own IN
            SELECT part.relname AS name, made || substr(whole.relname, length(of) + 1) AS wanted
            FROM pg_index
            JOIN pg_inherits ON inhrelid = indexrelid
            JOIN pg_class AS part ON part.oid = inhrelid
            JOIN pg_class AS whole ON whole.oid = inhparent
            WHERE indrelid = made::regclass AND NOT indisprimary
        LOOP
            EXECUTE format('ALTER INDEX %I RENAME TO %I', own.name, own.wanted);
        END LOOP;
    END
$$;
