-- Give back a hold of which nothing was sent: money and tokens. Leaves a mark, so that the hold cannot arrive afterwards.
-- KEYS  [1] sequence  [2] hold  [3] leases  [4] usage stream  [5..] counters, then token limits
-- ARGV  [1] lease member  [2] attempt id  [3] result  [4] ids of the counters  [5] ids of the token limits
--       [6] number of counters  [7..] per token limit three values as in hold_v2
-- Gives {'RELEASED' or 'CORRECTED', seq} | {'MARKED'} | {'SKIP', state} | {'OTHER', ids of the counters it was held on}
-- @part window
-- @part bucket
-- @part correct_tokens
local h = redis.call('HMGET', KEYS[2], 'st', 'amt', 'nodes', 'tok', 'at', 'rates', 'meta')
if h[1] == 'S' or h[1] == 'R' then return {'SKIP', h[1]} end
if not h[1] then
  -- The hold may still be on its way over a connection that broke: when it comes it must find this.
  redis.call('HSET', KEYS[2], 'st', 'R')
  redis.call('PEXPIRE', KEYS[2], 86400000)
  return {'MARKED'}
end
if h[3] ~= ARGV[4] then return {'OTHER', h[3]} end

local counters, late = tonumber(ARGV[6]), h[1] == 'O'
if h[2] ~= '0' then
  for i = 5, 4 + counters do redis.call('HINCRBY', KEYS[i], late and 'used' or 'held', '-' .. h[2]) end
end
if h[5] and h[6] == ARGV[5] then correct_tokens(5 + counters, 7, -tonumber(h[4]), tonumber(h[5])) end

redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'st', late and 'S' or 'R', 'amt', h[2])
redis.call('PEXPIRE', KEYS[2], 86400000)
if late then
  -- The sweeper has charged it and the ledger knows: only a correction takes that back.
  redis.call('XADD', KEYS[4], '*', 't', 'attempt', 'id', ARGV[2], 'kind', 'correction', 'amount', '0', 'hold', h[2],
    'nodes', h[3], 'meta', h[7], 'result', ARGV[3])
end
return {late and 'CORRECTED' or 'RELEASED', redis.call('INCR', KEYS[1])}
