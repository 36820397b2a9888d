-- Put back one counter that was lost from an open shard, or do nothing when money has moved in the shard since the ledger
-- and the open holds were read.
-- KEYS  [1] sequence  [2] counter  [3] index of counters that were made  [4] list of lost counters
-- ARGV  [1] sequence when the ledger was read, '' when there was none  [2] used in nano-USD  [3] held in nano-USD
--       [4] window end  [5] member of the list
-- Gives {'OK'} | {'CHANGED'} | {'SKIP'} when it is there
-- @part index
if redis.call('HEXISTS', KEYS[2], 'ver') == 1 then
  redis.call('SREM', KEYS[4], ARGV[5])
  return {'SKIP'}
end
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return {'CHANGED'} end
for i = 2, 3 do
  if #ARGV[i] > 18 or not string.find(ARGV[i], '^%d+$') then return redis.error_reply('ERR repair: bad amount') end
end
redis.call('HSET', KEYS[2], 'used', ARGV[2], 'held', ARGV[3], 'limit', '', 'ver', '-1')
local expires = tonumber(ARGV[4]) + 3888000000 -- 45 days after the window, as in hold_v2
if expires < 8640000000000000 then redis.call('PEXPIREAT', KEYS[2], string.format('%.0f', expires)) end
local t = redis.call('TIME')
index_add(KEYS[3], KEYS[2], ARGV[4], tonumber(t[1]) * 1000)
redis.call('SREM', KEYS[4], ARGV[5])
return {'OK'}
