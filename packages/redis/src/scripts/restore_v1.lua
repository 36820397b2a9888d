-- Put back what counters had used, from the ledger, while their shard is closed. A counter that exists keeps what it has.
-- KEYS  [1] epoch  [2..] counters
-- ARGV  [1..] per counter: used in nano-USD, window end
-- Gives {'OK', how many were made} | {'OPEN'} when the shard is open already
if redis.call('EXISTS', KEYS[1]) == 1 then return {'OPEN'} end
for i = 1, #ARGV, 2 do
  if #ARGV[i] > 18 or not string.find(ARGV[i], '^%d+$') then return redis.error_reply('ERR restore: bad amount') end
end
local made = 0
for i = 2, #KEYS do
  local j = (i - 1) * 2 - 1
  if redis.call('HSETNX', KEYS[i], 'used', ARGV[j]) == 1 then
    -- No limit yet, older than any: the next hold brings it.
    redis.call('HSET', KEYS[i], 'held', '0', 'limit', '', 'ver', '-1')
    local expires = tonumber(ARGV[j + 1]) + 3888000000 -- 45 days after the window, as in hold_v2
    if expires < 8640000000000000 then redis.call('PEXPIREAT', KEYS[i], string.format('%.0f', expires)) end
    made = made + 1
  end
end
return {'OK', made}
