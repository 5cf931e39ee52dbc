Whether a copropiedad is ready to go live.

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
