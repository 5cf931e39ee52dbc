-- Takes due members and pushes their scores ahead, so that what a crashed claimer took comes again.
--
-- KEYS[1..n]  sorted sets of members by due instant (milliseconds since the epoch), most urgent first
-- ARGV[1]     how many members at most
-- ARGV[2]     how far ahead the scores go (milliseconds)
--
-- Answers {member, new score, member, new score …}.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local left = tonumber(ARGV[1])
local pushed = string.format('%.0f', now + ARGV[2])
local claimed = {}

for _, key in ipairs(KEYS) do
  if left <= 0 then
    break
  end
  local due = redis.call('ZRANGE', key, '-inf', now, 'BYSCORE', 'LIMIT', 0, left)
  for _, member in ipairs(due) do
    redis.call('ZADD', key, pushed, member)
    claimed[#claimed + 1] = member
    claimed[#claimed + 1] = pushed
  end
  left = left - #due
end

return claimed
