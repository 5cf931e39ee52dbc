The channels that delivery has built, as it tells intake.

-- tell --
-- Mostly nothing has changed, and nothing is written.
INSERT INTO told_channels (names) VALUES ($1::text[])
ON CONFLICT (only_one) DO UPDATE SET names = excluded.names
WHERE told_channels.names <> excluded.names

-- told --
SELECT unnest(names) AS name FROM told_channels
