-- Also of messages that a recall, or the end of what they were about, has cancelled.
DROP TRIGGER result_changed ON message;

CREATE TRIGGER result_changed AFTER UPDATE OF state ON message FOR EACH ROW
    WHEN (
        NEW.listened AND NEW.state <> OLD.state
        AND NEW.state IN ('sent', 'delivered', 'read', 'failed', 'bounced', 'suppressed', 'expired', 'cancelled')
    )
    EXECUTE FUNCTION keep_result();
