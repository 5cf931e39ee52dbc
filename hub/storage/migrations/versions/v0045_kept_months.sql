-- The user of the roles may drop an old month by this, and never the current one, one to come, or the one before: no
-- retention keeps less. A name may lie, so the bounds of the partitions count. Who has dropped it stands in the audit.
CREATE OR REPLACE FUNCTION drop_month(month text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
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
