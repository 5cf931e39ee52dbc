-- Loses the files that people have sent with their words; the words stay.
DELETE FROM document_request WHERE event_key IN (SELECT request FROM given_file);

DROP TABLE given_file;

DELETE FROM document
WHERE NOT EXISTS (SELECT FROM document_request WHERE document_request.sha256 = document.sha256);
