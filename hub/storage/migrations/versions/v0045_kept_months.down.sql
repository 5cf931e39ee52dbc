-- Loses the floor under the months: the user of the roles may drop the current one again, without a note in the audit.
CREATE OR REPLACE FUNCTION drop_month(month text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        IF month !~ '^(until_)?\d{4}_\d{2}$' THEN
            RAISE invalid_parameter_value USING MESSAGE = 'that is no month of the hub';
        END IF;
        EXECUTE format('DROP TABLE %I, %I, %I', 'attempt_' || month, 'message_' || month, 'event_' || month);
    END
$$;
