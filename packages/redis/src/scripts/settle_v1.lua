-- Replace a hold by the actual cost on every budget, correct its tokens, and write the usage event, in one step.
-- KEYS  [1] sequence  [2] hold  [3] leases  [4] usage stream  [5..] counters, then token limits
-- ARGV  [1] lease member  [2] attempt id  [3] actual amount in nano-USD  [4] actual tokens  [5] result  [6] request or ''
--       [7] ids of the counters  [8] ids of the token limits  [9] number of counters
--       [10..] per token limit three values as in hold_v2
-- Gives {'SETTLED' or 'CORRECTED', seq, 1 when the cost is above the hold} | {'DUP'} | {'GONE'}
--       | {'OTHER', ids of the counters it was held on}
-- @part window
-- @part bucket
-- @part correct_tokens
local actual = ARGV[3]
if actual ~= '0' and (#actual > 15 or not string.find(actual, '^[1-9]%d*$')) then
  return redis.error_reply('ERR settle: bad amount')
end
local h = redis.call('HMGET', KEYS[2], 'st', 'amt', 'nodes', 'tok', 'at', 'rates', 'meta')
if h[1] == 'S' then return {'DUP'} end
if h[1] ~= 'D' and h[1] ~= 'O' then return {'GONE'} end
if h[3] ~= ARGV[7] then return {'OTHER', h[3]} end

local counters, late = tonumber(ARGV[9]), h[1] == 'O'
for i = 5, 4 + counters do
  -- The sweeper has charged the whole hold already; otherwise it is still held.
  if h[2] ~= '0' then redis.call('HINCRBY', KEYS[i], late and 'used' or 'held', '-' .. h[2]) end
  if actual ~= '0' then redis.call('HINCRBY', KEYS[i], 'used', actual) end
end
if h[6] == ARGV[8] then correct_tokens(5 + counters, 10, tonumber(ARGV[4]) - tonumber(h[4]), tonumber(h[5])) end

redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'st', 'S', 'amt', h[2], 'act', actual)
redis.call('PEXPIRE', KEYS[2], 86400000)
local event = {KEYS[4], '*', 't', 'attempt', 'id', ARGV[2], 'kind', late and 'correction' or 'final', 'amount', actual,
  'hold', h[2], 'nodes', h[3], 'meta', h[7], 'result', ARGV[5]}
if ARGV[6] ~= '' then
  event[#event + 1] = 'req'
  event[#event + 1] = ARGV[6]
end
redis.call('XADD', unpack(event))
return {late and 'CORRECTED' or 'SETTLED', redis.call('INCR', KEYS[1]), tonumber(actual) > tonumber(h[2]) and 1 or 0}
