The ledger of consents. `hub.contact_rules.consents` decides which entries count.
Refusals that come by a mail's own link.

-- add --
INSERT INTO consent (
    id, person, purpose, at, granted, said_by, channels, text_version, method, evidence_hash
)
SELECT id, person, purpose, at, granted, said_by, string_to_array(channels, ','), text_version, method, evidence_hash
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::bool[], $6::uuid[], $7::text[], $8::text[],
    $9::text[], $10::text[]
) AS given (
    id, person, purpose, at, granted, said_by, channels, text_version, method, evidence_hash
)
ON CONFLICT DO NOTHING

-- lift --
-- A later yes of the person lifts a BAJA. A yes of a person with its address lifts a BAJA without a person.
WITH yes AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS given (person, purpose, at)
), meant AS (
    SELECT opt_out.address, opt_out.purpose
    FROM yes JOIN opt_out
      ON opt_out.person = yes.person AND opt_out.purpose = yes.purpose
         AND opt_out.since < yes.at AND opt_out.lifted_at IS NULL
    UNION
    SELECT opt_out.address, opt_out.purpose
    FROM yes JOIN person ON person.id = yes.person
    CROSS JOIN LATERAL jsonb_array_elements(person.contact_points) AS point
    JOIN opt_out
      ON opt_out.address IN (point ->> 'value', lower(point ->> 'value')) AND opt_out.purpose = yes.purpose
         AND opt_out.since < yes.at AND opt_out.lifted_at IS NULL AND opt_out.person IS NULL
)
UPDATE opt_out SET lifted_at = now(), lifted_by = 'consent'
FROM meant WHERE opt_out.address = meant.address AND opt_out.purpose = meant.purpose

-- wake --
-- A refused message does not wait for its hour: it is judged anew at once, and its claim ends it. A message that
-- waits for an operator or for the instant of a reminder stays: it must not leave early if the person says yes
-- meanwhile.
WITH woken AS (
    SELECT message.id FROM unnest($1::text[], $2::text[], $3::text[]) AS refused (person, purpose, channels)
    CROSS JOIN LATERAL (
        SELECT id FROM message
        WHERE message.person = refused.person AND message.purpose = refused.purpose AND state = 'held'
          AND reason IN ('contact_hours', 'contact_limit', 'quiet_hours', 'register', 'throttled')
          AND (refused.channels = '' OR channel = ANY (string_to_array(refused.channels, ',')))
        FOR UPDATE SKIP LOCKED
    ) AS message
)
UPDATE message SET next_at = now(), updated_at = now()
WHERE id = ANY (ARRAY (SELECT id FROM woken)) AND next_at > now()

-- statements --
-- LATERAL: one index lookup per person, however many there are.
SELECT consent.* FROM unnest($1::text[]) AS asked (person)
CROSS JOIN LATERAL (
    SELECT * FROM consent WHERE consent.person = asked.person AND purpose = ANY ($2::text[])
    OFFSET 0
) AS consent

-- so_far --
-- The statements that count now: a grant of later does not yet.
SELECT consent.* FROM unnest($1::text[]) AS asked (person)
CROSS JOIN LATERAL (
    SELECT * FROM consent
    WHERE consent.person = asked.person AND purpose = ANY ($2::text[]) AND (NOT granted OR at <= now())
    OFFSET 0
) AS consent

-- opted_out_of --
-- Of people, and of their addresses: a BAJA from a number that several people have, or nobody, is of no person.
SELECT asked.person, '' AS address, reason FROM unnest($1::text[]) AS asked (person)
CROSS JOIN LATERAL (
    SELECT reason FROM opt_out
    WHERE opt_out.person = asked.person AND purpose = $4 AND lifted_at IS NULL
    OFFSET 0
) AS own
UNION ALL
SELECT asked.person, asked.address, reason FROM unnest($2::text[], $3::text[]) AS asked (person, address)
CROSS JOIN LATERAL (
    SELECT reason FROM opt_out
    WHERE opt_out.address IN (asked.address, lower(asked.address)) AND purpose = $4 AND lifted_at IS NULL
    OFFSET 0
) AS of_address

-- opted_out --
SELECT opted.* FROM unnest($1::text[]) AS asked (person)
CROSS JOIN LATERAL (
    SELECT opt_out.person, purpose, max(since) AS since, max(reason) AS reason FROM opt_out
    WHERE opt_out.person = asked.person AND purpose = ANY ($2::text[]) AND lifted_at IS NULL
    GROUP BY opt_out.person, purpose
) AS opted

-- recipient --
-- Refused: the address, and the person by every channel. Several people may share a mailbox; each has a ledger.
SELECT person, EXISTS (
    SELECT FROM opt_out
    WHERE opt_out.address = lower(message.address) AND opt_out.purpose = message.purpose AND lifted_at IS NULL
) AND coalesce((
    SELECT NOT granted AND channels = '{}' FROM consent
    WHERE consent.person = message.person AND consent.purpose = message.purpose
    ORDER BY at DESC, granted LIMIT 1
), false) AS refused
FROM message WHERE id = $1 AND purpose = $2 AND channel = 'email'

-- refuse --
-- A refusal that stands keeps its instant, unless it was of an address alone.
INSERT INTO opt_out (address, purpose, since, person, reason)
SELECT lower(address), purpose, $3, person, 'opted_out' FROM message
WHERE id = $1 AND purpose = $2 AND channel = 'email'
ON CONFLICT (address, purpose) DO UPDATE
SET since = excluded.since, reply_id = NULL, person = excluded.person, reason = excluded.reason, lifted_at = NULL,
    lifted_by = NULL
WHERE opt_out.lifted_at IS NOT NULL OR opt_out.person IS NULL
