-- Puts clocks on their boards, removes them from the others, and arms their next steps; an ended clock leaves all.
-- Ignores an update that is older than what is stored: callers do not wait for each other.
--
-- KEYS[1]      sorted set: ends of clocks by the instant at which they were recorded (milliseconds), for a day
-- KEYS[2..9]   sorted sets: the shelves, by their lowest score, of eight sets of clocks: one by the due instants
--              of next steps; the boards open, at_risk, breached; the boards of the levels 1, 2, 3, 4
-- KEYS, ten more for each clock:
--   sorted sets: its shelf in each of the eight, with clocks (16 bytes) by score. The score is the due instant of
--   the next step (milliseconds since the epoch); on boards the due instant of the promise (milliseconds) times
--   1024; on boards of states plus the number of steps done
--   sorted sets: the shelves of its copropiedad's board by their lowest score, and its shelf there
-- ARGV, ten for each clock:
--   member
--   number of its shelf, and of its shelf on its copropiedad's board
--   score on the boards, without and with the number of steps
--   due instant of the next step (milliseconds), empty when there is none
--   its state board (1 open, 2 at_risk, 3 breached), empty when the clock has ended
--   its level, empty when the level has no board
--   1 when it belongs to a copropiedad, else 0
--   id of this end of the clock: a clock whose answer did not arrive continues, and ends again
--
-- Returns the number of updates applied.

local DAY = 24 * 60 * 60 * 1000
local STEPS = 1024
local SETS, FIELDS = 8, 10
local DUE, STATES, LEVELS = 1, 2, 5
local now = redis.call('TIME')[1] * 1000

local function put(index, shelf, number, member, score)
  if redis.call('ZADD', shelf, 'CH', score, member) == 1 then
    redis.call('ZADD', index, redis.call('ZRANGE', shelf, 0, 0, 'WITHSCORES')[2], number)
  end
end

local function take(index, shelf, number, member)
  if redis.call('ZREM', shelf, member) == 1 then
    local lowest = redis.call('ZRANGE', shelf, 0, 0, 'WITHSCORES')[2]
    if lowest then
      redis.call('ZADD', index, lowest, number)
    else
      redis.call('ZREM', index, number)
    end
  end
end

local function is_old(shelves, member, score, ending)
  if redis.call('ZSCORE', KEYS[1], ending) then
    return true
  end
  for state = STATES, STATES + 2 do
    local known = redis.call('ZSCORE', KEYS[shelves + state], member)
    if known then
      return tonumber(known) % STEPS > tonumber(score) % STEPS
    end
  end
  return false
end

local function lay(on, ...)
  if on then
    put(...)
  else
    take(...)
  end
end

local function track(shelves, member, number, place_number, due_at, score, next_at, state, level, placed, ending)
  if state == '' then
    redis.call('ZADD', KEYS[1], now, ending)
  elseif is_old(shelves, member, score, ending) then
    return 0
  end
  local on = { [DUE] = next_at ~= '' }
  if state ~= '' then
    on[STATES - 1 + state] = true
    if level ~= '' then
      on[LEVELS - 1 + level] = true
    end
  end
  for set = 1, SETS do
    local of_set = set == DUE and next_at or set < LEVELS and score or due_at
    lay(on[set], KEYS[1 + set], KEYS[shelves + set], number, member, of_set)
  end
  local index, shelf = KEYS[shelves + SETS + 1], KEYS[shelves + SETS + 2]
  lay(state ~= '' and placed == '1', index, shelf, place_number, member, due_at)
  return 1
end

local news = 0
for i = 0, #ARGV / FIELDS - 1 do
  local shelves = 1 + SETS + (SETS + 2) * i
  news = news + track(shelves, unpack(ARGV, FIELDS * i + 1, FIELDS * i + FIELDS))
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - DAY)

return news
