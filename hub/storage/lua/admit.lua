-- Logs messages to people while the limit allows it; a message that is logged already is admitted again.
--
-- KEYS[1..n]  sorted sets: a person's messages of one channel by the instant at which they were admitted
--             (milliseconds since the epoch); one per entry, the same key may appear several times
-- ARGV        for each entry: message, limit, period of the limit (milliseconds)
--
-- Returns for each entry 0, or the milliseconds until the limit allows another.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answers = {}

for i, key in ipairs(KEYS) do
  local message, count, per = ARGV[3 * i - 2], tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - per)
  local logged = redis.call('ZCARD', key)
  if redis.call('ZSCORE', key, message) then
    answers[i] = 0
  elseif logged < count then
    redis.call('ZADD', key, string.format('%.0f', now), message)
    redis.call('PEXPIRE', key, per)
    answers[i] = 0
  else
    local leaves = redis.call('ZRANGE', key, logged - count, logged - count, 'WITHSCORES')
    answers[i] = math.max(1, leaves[2] + per - now)
  end
end

return answers
