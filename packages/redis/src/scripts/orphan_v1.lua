-- Charge the whole of a hold whose owner is gone, provisionally: the money may have been spent (decisions.md 5).
-- KEYS  [1] sequence  [2] hold  [3] leases  [4] usage stream  [5..] counters
-- ARGV  [1] lease member  [2] attempt id  [3] grace in ms after the end of the lease  [4] ids of the counters  [5] result
-- Gives {'ORPHANED', seq} | {'SKIP'} when it is closed or was renewed | {'OTHER', ids of the counters it was held on}
local ends = redis.call('ZSCORE', KEYS[3], ARGV[1])
if not ends then return {'SKIP'} end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
if tonumber(ends) > now - tonumber(ARGV[3]) then return {'SKIP'} end
local h = redis.call('HMGET', KEYS[2], 'st', 'amt', 'nodes', 'meta')
if h[1] ~= 'D' then
  redis.call('ZREM', KEYS[3], ARGV[1])
  return {'SKIP'}
end
if h[3] ~= ARGV[4] then return {'OTHER', h[3]} end

if h[2] ~= '0' then
  for i = 5, #KEYS do
    redis.call('HINCRBY', KEYS[i], 'held', '-' .. h[2])
    redis.call('HINCRBY', KEYS[i], 'used', h[2])
  end
end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('HSET', KEYS[2], 'st', 'O')
redis.call('PEXPIRE', KEYS[2], 604800000)
redis.call('XADD', KEYS[4], '*', 't', 'attempt', 'id', ARGV[2], 'kind', 'provisional', 'amount', h[2], 'hold', h[2],
  'nodes', h[3], 'meta', h[4], 'result', ARGV[5])
return {'ORPHANED', redis.call('INCR', KEYS[1])}
