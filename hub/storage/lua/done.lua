-- Removes claimed members, unless they were armed again meanwhile: then their score differs.
--
-- KEYS, two for each shelf where a member may be:
--   index   sorted set: the set's shelves by their lowest score
--   shelf   sorted set: members (16 bytes) by due instant (milliseconds since the epoch)
-- ARGV, three for each shelf: number of the shelf, member, claimed score
--
-- Returns how many were removed.

local removed = 0

for i = 1, #KEYS / 2 do
  local index, shelf = KEYS[2 * i - 1], KEYS[2 * i]
  local number, member, claimed = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
  local score = redis.call('ZSCORE', shelf, member)
  if score and tonumber(score) == tonumber(claimed) then
    redis.call('ZREM', shelf, member)
    local lowest = redis.call('ZRANGE', shelf, 0, 0, 'WITHSCORES')[2]
    if lowest then
      redis.call('ZADD', index, lowest, number)
    else
      redis.call('ZREM', index, number)
    end
    removed = removed + 1
  end
end

return removed
