Counts what still needs an older key of HUB_SECRET.

-- documents --
-- The hash contains the id of its key (hub/access/keyring.py); hashes of other systems have another form.
SELECT split_part(document_hash, ':', 2) AS key, count(*) AS people
FROM person
WHERE document_hash ~ '^hmac-sha256:[0-9a-f]{8}:[0-9a-f]{64}$'
GROUP BY 1

-- factors --
SELECT split_part(sealed, ':', 2) AS key, count(*) AS factors FROM second_factor GROUP BY 1

-- webhooks --
SELECT split_part(secret, ':', 2) AS key, count(*) AS webhooks FROM result_subscription
WHERE secret IS NOT NULL
GROUP BY 1

-- under_way --
-- By id: its first 48 bits are the event's time, so the primary key finds the newest rows.
SELECT count(*) FILTER (WHERE channel = 'email') AS mails,
       count(*) FILTER (WHERE channel = 'sms' AND state = 'sent' AND id >= $2) AS texts
FROM message
WHERE id >= $1 AND state IN ('sent', 'delivered', 'read')
