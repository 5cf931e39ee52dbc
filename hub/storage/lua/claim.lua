-- Takes due members and pushes their scores ahead, so that members of a crashed claimer become due again.
--
-- KEYS, two for each shelf, the most urgent first:
--   index   sorted set: the set's shelves by their lowest score
--   shelf   sorted set: members (16 bytes) by due instant (milliseconds since the epoch)
-- ARGV[1]     how many members at most
-- ARGV[2]     how far ahead the scores go (milliseconds)
-- ARGV[3..n]  number of each shelf
--
-- Returns {which shelf, member, new score, which shelf, member, new score …}.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local left = tonumber(ARGV[1])
local pushed = string.format('%.0f', now + ARGV[2])
local claimed = {}

for i = 1, #KEYS / 2 do
  if left <= 0 then
    break
  end
  local index, shelf = KEYS[2 * i - 1], KEYS[2 * i]
  local due = redis.call('ZRANGE', shelf, '-inf', now, 'BYSCORE', 'LIMIT', 0, left)
  for _, member in ipairs(due) do
    redis.call('ZADD', shelf, pushed, member)
    claimed[#claimed + 1] = i
    claimed[#claimed + 1] = member
    claimed[#claimed + 1] = pushed
  end
  if #due > 0 then
    redis.call('ZADD', index, redis.call('ZRANGE', shelf, 0, 0, 'WITHSCORES')[2], ARGV[2 + i])
  end
  left = left - #due
end

return claimed
