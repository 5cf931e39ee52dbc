-- Forgets who likes what, and since when.
DROP TRIGGER message_liked ON message;
DROP FUNCTION keep_liking;
DROP TABLE liking;
