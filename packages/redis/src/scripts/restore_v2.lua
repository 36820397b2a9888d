-- Make the counters of a closed shard anew from the ledger, and let owners tell of their holds; or do nothing, when money
-- has moved in the shard since the ledger was read.
-- KEYS  [1] epoch  [2] sequence  [3] epoch in preparation  [4..] per counter: the counter, index of its organisation
-- ARGV  [1] sequence when the ledger was read, '' when there was none  [2] epoch in preparation
--       [3..] per counter: used in nano-USD, '' when the ledger does not name it; window end ('' with it)
-- Gives {'OK', how many were made} | {'CHANGED'} | {'OPEN'} when the shard is open
-- @part index
if redis.call('EXISTS', KEYS[1]) == 1 then return {'OPEN'} end
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return {'CHANGED'} end
for i = 3, #ARGV, 2 do
  if ARGV[i] ~= '' and (#ARGV[i] > 18 or not string.find(ARGV[i], '^%d+$')) then
    return redis.error_reply('ERR restore: bad amount')
  end
end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000
local made = 0
for i = 4, #KEYS, 2 do
  local used, ends = ARGV[i - 1], ARGV[i]
  if used ~= '' then
    -- Nothing is held until owners say so. No limit yet, older than any: the next hold brings it.
    redis.call('HSET', KEYS[i], 'used', used, 'held', '0', 'limit', '', 'ver', '-1')
    local expires = tonumber(ends) + 3888000000 -- 45 days after the window, as in hold_v2
    if expires < 8640000000000000 then redis.call('PEXPIREAT', KEYS[i], string.format('%.0f', expires)) end
    index_add(KEYS[i + 1], KEYS[i], ends, now)
    made = made + 1
  elseif redis.call('HEXISTS', KEYS[i], 'ver') == 1 then
    -- Of an older window, or never charged: what it had used is right, what it held and its limit may be old.
    redis.call('HSET', KEYS[i], 'held', '0', 'limit', '', 'ver', '-1')
  else
    redis.call('HDEL', KEYS[i + 1], KEYS[i])
  end
end
redis.call('SET', KEYS[3], ARGV[2])
return {'OK', made}
