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
-- ARGV[1]     a packed entry (`_ENTRY` of hub/storage/appointments.py) for each clock:
--   member
--   number of its shelf, and of its shelf on its copropiedad's board
--   score on the boards, without and with the number of steps
--   due instant of the next step (milliseconds), 0 when there is none
--   its state board (1 open, 2 at_risk, 3 breached), 0 when the clock has ended
--   its level, 0 when the level has no board
--   1 when it belongs to a copropiedad, else 0
--   how often it was reopened: a clock whose answer did not arrive continues, and ends again
--
-- Returns the number of updates applied.

local DAY = 24 * 60 * 60 * 1000
local STEPS = 1024
local SETS = 8
local ENTRY = '>c16HBdddBBBH'
local DUE, STATES, LEVELS = 1, 2, 5
local call = redis.call
local now = call('TIME')[1] * 1000
local some_ended = call('EXISTS', KEYS[1]) == 1

-- For a set that does not have the member: the lowest score of the shelf can only fall.
local function add(index, shelf, number, member, score)
  call('ZADD', shelf, score, member)
  call('ZADD', index, 'LT', score, number)
end

local function put(index, shelf, number, member, score)
  if call('ZADD', shelf, 'CH', score, member) == 1 then
    call('ZADD', index, call('ZRANGE', shelf, 0, 0, 'WITHSCORES')[2], number)
  end
end

local function take(index, shelf, number, member)
  if call('ZREM', shelf, member) == 1 then
    local lowest = call('ZRANGE', shelf, 0, 0, 'WITHSCORES')[2]
    if lowest then
      call('ZADD', index, lowest, number)
    else
      call('ZREM', index, number)
    end
  end
end

local function lay(on, known, ...)
  if not on then
    if known then
      take(...)
    end
  elseif known then
    put(...)
  else
    add(...)
  end
end

-- Of a clock that is on no board the end may still be due.
local function arm(index, shelf, number, member, at)
  if at == 0 then
    take(index, shelf, number, member)
  elseif call('ZADD', shelf, at, member) == 1 then
    call('ZADD', index, 'LT', at, number)
  else
    call('ZADD', index, call('ZRANGE', shelf, 0, 0, 'WITHSCORES')[2], number)
  end
end

local function known_score(shelves, member)
  for state = STATES, STATES + 2 do
    local score = call('ZSCORE', KEYS[shelves + state], member)
    if score then
      return score
    end
  end
end

local function track(shelves, member, number, place_number, due_at, score, next_at, state, level, placed, reopened)
  local known = true
  local ending = member .. ':' .. reopened
  if state == 0 then
    call('ZADD', KEYS[1], now, ending)
    some_ended = true
  elseif some_ended and call('ZSCORE', KEYS[1], ending) then
    return 0
  else
    -- A clock on no board of a state is on no board at all.
    known = known_score(shelves, member)
    if known and tonumber(known) % STEPS > score % STEPS then
      return 0
    end
  end
  arm(KEYS[1 + DUE], KEYS[shelves + DUE], number, member, next_at)
  for set = STATES, SETS do
    local is_state = set < LEVELS
    local on = state ~= 0 and set == (is_state and STATES - 1 + state or level ~= 0 and LEVELS - 1 + level)
    if on or known then
      local of_set = is_state and score or due_at
      lay(on, known, KEYS[1 + set], KEYS[shelves + set], number, member, of_set)
    end
  end
  local index, shelf = KEYS[shelves + SETS + 1], KEYS[shelves + SETS + 2]
  lay(state ~= 0 and placed == 1, known, index, shelf, place_number, member, due_at)
  return 1
end

local news = 0
local size = struct.size(ENTRY)
for i = 0, #ARGV[1] / size - 1 do
  local shelves = 1 + SETS + (SETS + 2) * i
  news = news + track(shelves, struct.unpack(ENTRY, ARGV[1], size * i + 1))
end
call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - DAY)

return news
