-- Set an open hold of a closed shard aside: whether it is still open, only its owner and the ledger know.
-- KEYS  [1] epoch  [2] hold  [3] hold set aside  [4] list of those set aside  [5] leases
-- ARGV  [1] lease member
-- Gives {'SHELVED'} | {'SKIP'} when it is closed, or set aside already | {'OPEN'} when the shard is open
if redis.call('EXISTS', KEYS[1]) == 1 then return {'OPEN'} end
redis.call('ZREM', KEYS[5], ARGV[1])
if redis.call('HGET', KEYS[2], 'st') ~= 'D' then return {'SKIP'} end
if redis.call('EXISTS', KEYS[3]) == 1 then
  -- Its owner has told of it in a rebuild that did not come to its end.
  redis.call('DEL', KEYS[2])
  return {'SKIP'}
end
redis.call('RENAME', KEYS[2], KEYS[3])
redis.call('SADD', KEYS[4], ARGV[1])
return {'SHELVED'}
