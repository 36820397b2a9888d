-- Make a hold smaller, when the upper bound of its attempt has become known to be lower.
-- KEYS  [1] sequence  [2] hold  [3..] counters
-- ARGV  [1] new amount in nano-USD  [2] ids of the counters
-- Gives {'OK', seq} | {'SKIP'} when it is not held any more | {'OTHER', ids of the counters it was held on}
local amount = ARGV[1]
if amount ~= '0' and (#amount > 15 or not string.find(amount, '^[1-9]%d*$')) then
  return redis.error_reply('ERR shrink: bad amount')
end
local h = redis.call('HMGET', KEYS[2], 'st', 'amt', 'nodes')
if h[1] ~= 'D' then return {'SKIP'} end
if h[3] ~= ARGV[2] then return {'OTHER', h[3]} end
local less = tonumber(h[2]) - tonumber(amount)
if less < 0 then return redis.error_reply('ERR shrink: more than is held') end
if less > 0 then
  for i = 3, #KEYS do redis.call('HINCRBY', KEYS[i], 'held', string.format('-%.0f', less)) end
  redis.call('HSET', KEYS[2], 'amt', amount)
end
return {'OK', redis.call('INCR', KEYS[1])}
