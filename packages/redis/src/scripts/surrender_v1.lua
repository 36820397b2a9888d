-- Charge the whole of a hold provisionally because its owner cannot know what its attempt cost, and note what it cost at
-- least. One that the sweeper has charged already only gets the note.
-- KEYS  [1] sequence  [2] hold  [3] leases  [4] usage stream  [5..] counters
-- ARGV  [1] lease member  [2] attempt id  [3] least amount in nano-USD  [4] ids of the counters  [5] result  [6] request or ''
-- Gives {'SURRENDERED' or 'NOTED', seq} | {'SKIP', state} | {'GONE'} | {'OTHER', ids of the counters it was held on}
local least = ARGV[3]
if least ~= '0' and (#least > 15 or not string.find(least, '^[1-9]%d*$')) then
  return redis.error_reply('ERR surrender: bad amount')
end
local h = redis.call('HMGET', KEYS[2], 'st', 'amt', 'nodes', 'meta')
if not h[1] then return {'GONE'} end
if h[1] == 'O' then
  redis.call('HSET', KEYS[2], 'least', least)
  return {'NOTED', redis.call('INCR', KEYS[1])}
end
if h[1] ~= 'D' then return {'SKIP', h[1]} end
if h[3] ~= ARGV[4] then return {'OTHER', h[3]} end

if h[2] ~= '0' then
  for i = 5, #KEYS do
    redis.call('HINCRBY', KEYS[i], 'held', '-' .. h[2])
    redis.call('HINCRBY', KEYS[i], 'used', h[2])
  end
end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('HSET', KEYS[2], 'st', 'O', 'least', least)
redis.call('PEXPIRE', KEYS[2], 604800000)
local event = {KEYS[4], '*', 't', 'attempt', 'id', ARGV[2], 'kind', 'provisional', 'amount', h[2], 'hold', h[2],
  'nodes', h[3], 'meta', h[4], 'result', ARGV[5]}
if ARGV[6] ~= '' then
  event[#event + 1] = 'req'
  event[#event + 1] = ARGV[6]
end
redis.call('XADD', unpack(event))
return {'SURRENDERED', redis.call('INCR', KEYS[1])}
