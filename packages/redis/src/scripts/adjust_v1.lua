-- Move what an attempt was charged to what a corrected price makes of it, on every counter that is there, with the event for
-- the ledger. Once per attempt and re-rating.
-- KEYS  [1] epoch  [2] sequence  [3] attempts that the re-rating has adjusted  [4] usage stream
--       [5] index of counters that were made  [6] list of lost counters  [7..] counters
-- ARGV  [1] epoch  [2] attempt id  [3] difference in nano-USD, signed  [4] ids of the counters  [5] meta  [6] result  [7] cause
--       [8..] per counter: end of its window while that is open, else ''; its member of the list of lost counters
-- Gives {'ADJUSTED', seq} | {'DUP'} | {'FENCED'} | {'BELOW', counter that would fall below nothing}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
local change = ARGV[3]
if #change > 16 or not string.find(change, '^%-?[1-9]%d*$') then return redis.error_reply('ERR adjust: bad difference') end
if redis.call('SISMEMBER', KEYS[3], ARGV[2]) == 1 then return {'DUP'} end

local there = {}
for i = 7, #KEYS do
  local v = redis.call('HMGET', KEYS[i], 'used', 'ver')
  there[i] = v[2]
  -- Exact below 2^53; beyond it nothing that one attempt cost brings a counter below nothing.
  if v[2] and tonumber(v[1]) + tonumber(change) < 0 then return {'BELOW', i - 6} end
end

redis.call('SADD', KEYS[3], ARGV[2])
redis.call('PEXPIRE', KEYS[3], 604800000)
redis.call('XADD', KEYS[4], '*', 't', 'attempt', 'id', ARGV[2], 'kind', 'adjustment', 'amount', change, 'hold', '0',
  'nodes', ARGV[4], 'meta', ARGV[5], 'result', ARGV[6], 'cause', ARGV[7])
for i = 7, #KEYS do
  local j = 8 + (i - 7) * 2
  if there[i] then
    redis.call('HINCRBY', KEYS[i], 'used', change)
  elseif ARGV[j] ~= '' then
    -- It must not begin at its opening, without this difference: it counts as lost, and is put back from the ledger.
    redis.call('HSET', KEYS[5], KEYS[i], ARGV[j])
    redis.call('SADD', KEYS[6], ARGV[j + 1])
  end
end
return {'ADJUSTED', redis.call('INCR', KEYS[2])}
