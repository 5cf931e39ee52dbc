-- Puts a clock on its boards, takes it off the others, and arms its next step; an ended one leaves all.
-- Older news of a clock that has ended or gone further is passed over: callers do not wait for each other.
--
-- KEYS[1]       sorted set: clocks by the due instant of their next step (milliseconds since the epoch)
-- KEYS[2]       sorted set: clocks by how many steps they have done
-- KEYS[3]       sorted set: ends of clocks by the instant at which we were told (milliseconds), for a day
-- KEYS[4..n]    sorted sets: boards, clocks by due instant (milliseconds), those it is on first
-- ARGV[1]       member
-- ARGV[2]       due instant of the promise (milliseconds)
-- ARGV[3]       due instant of the next step (milliseconds), empty when there is none
-- ARGV[4]       how many steps are done, empty when the clock has ended
-- ARGV[5]       how many of the boards it is on
-- ARGV[6]       this end of the clock: one whose answer has not arrived goes on, and ends again
--
-- Answers 1, or 0 when the news was old.

local DAY = 24 * 60 * 60 * 1000
local member, due_at, next_at, done, boards = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local ending = ARGV[6]

if done == '' then
  local now = redis.call('TIME')[1] * 1000
  redis.call('ZADD', KEYS[3], now, ending)
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - DAY)
  redis.call('ZREM', KEYS[2], member)
else
  local known = redis.call('ZSCORE', KEYS[2], member)
  if redis.call('ZSCORE', KEYS[3], ending) or (known and tonumber(known) > tonumber(done)) then
    return 0
  end
  redis.call('ZADD', KEYS[2], done, member)
end

if next_at == '' then
  redis.call('ZREM', KEYS[1], member)
else
  redis.call('ZADD', KEYS[1], next_at, member)
end

for i = 4, #KEYS do
  if i < 4 + boards then
    redis.call('ZADD', KEYS[i], due_at, member)
  else
    redis.call('ZREM', KEYS[i], member)
  end
end

return 1
