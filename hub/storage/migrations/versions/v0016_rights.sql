-- What the months need of the tables' owner, for a user of the roles that owns nothing (hub/storage/rights.py).
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

CREATE FUNCTION drop_month(month text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        IF month !~ '^(until_)?\d{4}_\d{2}$' THEN
            RAISE invalid_parameter_value USING MESSAGE = 'that is no month of the hub';
        END IF;
        EXECUTE format('DROP TABLE %I, %I, %I', 'attempt_' || month, 'message_' || month, 'event_' || month);
    END
$$;
