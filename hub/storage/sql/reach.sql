Units whose people can be reached. A contact counts that is verified and not suppressed; the token of an app
speaks for itself. A landline receives nothing. Who does not use digital channels, or is marked as not to be contacted,
is reached by none.
Whether a copropiedad is ready to go live.

-- by_place --
SELECT copropiedad.id AS copropiedad_id, copropiedad.name, found.units, found.reachable
FROM (
    SELECT unit.copropiedad_id, count(*) AS units, count(*) FILTER (WHERE best.reach = 4) AS reachable
    FROM unit CROSS JOIN LATERAL (<best>) AS best
    WHERE $3::text[] IS NULL OR unit.copropiedad_id = ANY ($3::text[])
    GROUP BY unit.copropiedad_id
) AS found
JOIN copropiedad ON copropiedad.id = found.copropiedad_id
ORDER BY found.units - found.reachable DESC, copropiedad.id

-- unreached --
SELECT unit.id AS unit_id, unit.tower, unit.label, best.reach
FROM unit CROSS JOIN LATERAL (<best>) AS best
WHERE unit.copropiedad_id = $3 AND best.reach < 4
ORDER BY unit.tower, unit.label, unit.id

-- best --
SELECT coalesce(max(judged.reach), 0) AS reach, count(DISTINCT member.id) AS people,
       array_agg(DISTINCT point.kind ORDER BY point.kind) FILTER (WHERE judged.reach >= 3) AS ways
FROM member
LEFT JOIN LATERAL jsonb_to_recordset(member.contact_points)
    AS point (kind text, value text, verified boolean) ON true
CROSS JOIN LATERAL (SELECT
    CASE
        WHEN point.kind IS NULL OR NOT member.digital_access
             OR point.kind = 'phone' AND point.value LIKE '+57%' AND point.value NOT LIKE '+573%'
             OR EXISTS (
                 SELECT FROM do_not_contact AS marked
                 WHERE marked.person = member.id AND marked.ended_at IS NULL
                   AND (marked.until IS NULL OR marked.until > now())
             )
            THEN 1
        WHEN EXISTS (
            SELECT FROM suppression
            JOIN unnest($1::text[], $2::interval[]) AS given (channel, lasts) USING (channel)
            WHERE suppression.address = point.value AND suppression.lifted_at IS NULL
              AND suppression.channel =
                  CASE point.kind WHEN 'phone' THEN 'sms' ELSE point.kind END
              AND coalesce(suppression.expires_at, suppression.since + given.lasts, 'infinity') > now()
        ) THEN 2
        WHEN point.kind = 'push' OR point.verified THEN 4
        ELSE 3
    END AS reach
) AS judged
WHERE member.scope_kind = 'unit' AND member.scope_id = unit.id AND member.role <> 'staff'

-- places --
SELECT copropiedad.id, copropiedad.name, count(unit.id) AS units,
       count(unit.id) FILTER (WHERE NOT EXISTS (
           SELECT FROM member WHERE scope_kind = 'unit' AND scope_id = unit.id
       )) AS empty_units
FROM copropiedad LEFT JOIN unit ON unit.copropiedad_id = copropiedad.id
WHERE $1::text IS NULL OR copropiedad.id = $1
GROUP BY copropiedad.id
ORDER BY copropiedad.id

-- people --
-- OFFSET 0 as in `directory`: makes the planner begin with the units, whose number it cannot estimate.
SELECT DISTINCT ON (found.id) found.* FROM (
    SELECT 'unit' AS kind, id FROM unit WHERE copropiedad_id = $1
    UNION ALL
    SELECT 'copropiedad', $1
) AS place
CROSS JOIN LATERAL (
    SELECT id, name, locale, digital_access, contact_points FROM member
    WHERE scope_kind = place.kind AND scope_id = place.id AND role <> 'staff'
    OFFSET 0
) AS found
ORDER BY found.id

-- opt_outs --
SELECT address, person FROM opt_out WHERE lifted_at IS NULL
