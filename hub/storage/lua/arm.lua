-- Puts members on their shelves by due instant.
--
-- KEYS, two for each member:
--   index   sorted set: the set's shelves by their lowest score
--   shelf   sorted set: members (16 bytes) by due instant (milliseconds since the epoch)
-- ARGV, three for each member: number of the shelf, member, due instant (milliseconds)

for i = 1, #KEYS / 2 do
  local index, shelf = KEYS[2 * i - 1], KEYS[2 * i]
  local number, member, due_at = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
  redis.call('ZADD', shelf, due_at, member)
  redis.call('ZADD', index, redis.call('ZRANGE', shelf, 0, 0, 'WITHSCORES')[2], number)
end

return #KEYS / 2
