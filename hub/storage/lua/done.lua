-- Removes claimed members, unless they were armed anew meanwhile: then their score is another one.
--
-- KEYS[1..n]  sorted sets of members by due instant (milliseconds since the epoch)
-- ARGV        member, claimed score, member, claimed score …
--
-- Answers how many were removed.

local removed = 0

for i = 1, #ARGV, 2 do
  for _, key in ipairs(KEYS) do
    local score = redis.call('ZSCORE', key, ARGV[i])
    if score and tonumber(score) == tonumber(ARGV[i + 1]) then
      removed = removed + redis.call('ZREM', key, ARGV[i])
    end
  end
end

return removed
