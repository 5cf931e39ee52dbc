People whom events named by their contacts alone.

-- known --
SELECT given.person FROM unnest($1::text[]) AS given (person)
WHERE EXISTS (SELECT FROM message WHERE message.person = given.person OFFSET 0)
ORDER BY given.person

-- open_case --
-- From the clocks that run, which are few. An address is a text of its own, not the end of a longer one. Numbers are
-- compared by their digits, however the event wrote them.
SELECT EXISTS (
    SELECT FROM clock JOIN party ON party.case_key = clock.case_key
    WHERE clock.ended_at IS NULL AND clock.promise ->> 'follow_up' IS NULL AND (
        EXISTS (
            SELECT FROM unnest($1::text[]) AS email
            WHERE position('"' || email || '"' IN replace(lower(party.recipients::text), ' ', '')) > 0
        )
        OR EXISTS (
            SELECT FROM unnest($2::text[]) AS digits
            WHERE position(digits IN regexp_replace(party.recipients::text, '[^0-9]', '', 'g')) > 0
        )
    )
) AS open
