-- Loses nothing: documents are fetched in one order again, whatever their hosts.
CREATE INDEX document_request_due ON document_request (next_at) WHERE state = 'asked';
DROP INDEX document_request_host;
DROP FUNCTION document_host;
