The groups and people of each audience, and who was left out.

-- keep --
-- All pages of one expansion carry the same instant; they keep the directory position of the first page.
WITH seen AS (
    SELECT coalesce(max(position), 0) AS position FROM directory_version
), kept AS (
    INSERT INTO audience_record (event_key, audience, planned_at, directory_version, people, why, groups)
    SELECT event_key, audience, planned_at, (SELECT position FROM seen), people, why, groups
    FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::integer[], $5::text[], $6::jsonb[])
        AS given (event_key, audience, planned_at, people, why, groups)
    ON CONFLICT (event_key, audience) DO UPDATE
    SET planned_at = excluded.planned_at, people = excluded.people, why = excluded.why, groups = excluded.groups,
        directory_version = CASE WHEN audience_record.planned_at = excluded.planned_at
                            THEN audience_record.directory_version ELSE excluded.directory_version END
)
INSERT INTO left_out (event_key, audience, person, reason, detail)
SELECT * FROM unnest($7::uuid[], $8::smallint[], $9::text[], $10::text[], $11::text[])
ON CONFLICT DO NOTHING
