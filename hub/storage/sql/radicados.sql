Numbers that the hub gives, and what is to be published under them.

-- hold --
-- The row stays locked until the transaction ends: whoever else needs a number of this series waits.
INSERT INTO radicado_series (series, copropiedad_id, year, last) VALUES ($1, $2, $3, 0)
ON CONFLICT (series, copropiedad_id, year) DO UPDATE SET last = radicado_series.last
RETURNING last

-- take --
UPDATE radicado_series SET last = $4 WHERE series = $1 AND copropiedad_id = $2 AND year = $3

-- of_form --
SELECT id, copropiedad_id, radicado, kind, event, by, at FROM registration WHERE form = $1

-- add --
INSERT INTO registration (series, copropiedad_id, year, number, radicado, id, form, kind, event, by, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
RETURNING id, copropiedad_id, radicado, kind, event, by, at

-- published --
UPDATE registration SET published_at = now(), event = NULL WHERE id = $1 AND published_at IS NULL

-- unpublished --
SELECT id, copropiedad_id, radicado, kind, event, by, at FROM registration
WHERE published_at IS NULL AND at < now() - $2::interval
ORDER BY at
LIMIT $1
