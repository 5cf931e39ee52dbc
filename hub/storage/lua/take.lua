-- Draws one from a rate's two buckets, or returns when to retry. Does atomically what hub/resilience/rate_limit.py does.
--
-- KEYS[1]  hash, instants in microseconds: when the buckets are full again (whole, share), and when the
--          queues of refused callers end (urgent_line, line)
-- ARGV[1]  time between two of the whole (microseconds)
-- ARGV[2]  how far the whole may be drawn ahead (microseconds)
-- ARGV[3]  time between two of the share (microseconds)
-- ARGV[4]  how far the share may be drawn ahead (microseconds)
-- ARGV[5]  the longest wait that is returned (microseconds)
-- ARGV[6]  1 when it is urgent: then only the whole applies
--
-- Returns 0, or the microseconds to wait.

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local urgent = ARGV[6] == '1'
local line_name = urgent and 'urgent_line' or 'line'
local held = redis.call('HMGET', KEYS[1], 'whole', 'share', line_name)
local whole = math.max(now, tonumber(held[1] or 0))
local share = math.max(now, tonumber(held[2] or 0))
local line = tonumber(held[3] or 0)

local ready = whole - ARGV[2]
if not urgent then
  ready = math.max(ready, share - ARGV[4])
end

local wait = 0
if ready <= now then
  whole = whole + ARGV[1]
  if not urgent then
    share = share + ARGV[3]
  end
else
  ready = math.min(math.max(ready, line), now + ARGV[5])
  line = ready + (urgent and ARGV[1] or ARGV[3])
  wait = ready - now
end

local function text(number)
  return string.format('%.0f', number)
end

redis.call('HSET', KEYS[1], 'whole', text(whole), 'share', text(share), line_name, text(line))
-- The other queue never exceeds the longest wait, so the key outlives it.
local last = math.max(whole, share, line, now + ARGV[5])
redis.call('PEXPIRE', KEYS[1], text((last - now) / 1000 + 1000))

return wait
