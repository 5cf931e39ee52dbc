-- Finds the shelves on which something is due.
--
-- KEYS[1..n]  sorted sets: the shelves of a set by their lowest score (milliseconds), most urgent set first
-- ARGV[1]     how many shelves at most
--
-- Returns {which of KEYS, number of the shelf, which of KEYS, number of the shelf …}.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local left = tonumber(ARGV[1])
local found = {}

for i, index in ipairs(KEYS) do
  if left <= 0 then
    break
  end
  local numbers = redis.call('ZRANGE', index, '-inf', now, 'BYSCORE', 'LIMIT', 0, left)
  for _, number in ipairs(numbers) do
    found[#found + 1] = i
    found[#found + 1] = number
  end
  left = left - #numbers
end

return found
