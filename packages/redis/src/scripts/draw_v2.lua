-- Charge an attempt that a slice paid for: what it cost leaves the slice and is spent on every budget, with the attempt's
-- usage event, in one step. Of a slice that the sweeper has charged already, the money moves from that charge.
-- KEYS  [1] sequence  [2] slice  [3] attempt  [4] usage stream  [5..] counters
-- ARGV  [1] slice id  [2] attempt id  [3] actual amount in nano-USD  [4] meta  [5] result  [6] request or ''
--       [7] ids of the counters  [8] result of what moves out of a charged slice
-- Gives {'DRAWN' or 'CORRECTED' or 'LATE', seq, 1 when the cost is above what was left in the slice} | {'DUP'} | {'GONE'}
--       | {'OTHER', ids of the counters it was held on}
local actual = ARGV[3]
if actual ~= '0' and (#actual > 15 or not string.find(actual, '^[1-9]%d*$')) then
  return redis.error_reply('ERR draw: bad amount')
end
if redis.call('EXISTS', KEYS[3]) == 1 then return {'DUP'} end
local h = redis.call('HMGET', KEYS[2], 'st', 'amt', 'nodes', 'meta')
local open, charged = h[1] == 'D', h[1] == 'O'
if (open or charged) and h[3] ~= ARGV[7] then return {'OTHER', h[3]} end

local paid = '0'
if open or charged then
  paid = h[2]
  if tonumber(actual) < tonumber(paid) then paid = actual end
else
  -- The slice was given back, so nothing is held for this; but it was spent, and what was spent is charged.
  -- Without a version it is no counter, or what was charged to one that is lost.
  for i = 5, #KEYS do
    if redis.call('HEXISTS', KEYS[i], 'ver') == 0 then return {'GONE'} end
  end
end

for i = 5, #KEYS do
  if paid ~= '0' then redis.call('HINCRBY', KEYS[i], open and 'held' or 'used', '-' .. paid) end
  if actual ~= '0' then redis.call('HINCRBY', KEYS[i], 'used', actual) end
end
if paid ~= '0' then
  redis.call('HSET', KEYS[2], 'amt', string.format('%.0f', tonumber(h[2]) - tonumber(paid)))
  if charged then
    -- Named after the attempt: a store that went back has forgotten how many there were, and the ledger has not.
    redis.call('XADD', KEYS[4], '*', 't', 'attempt', 'id', ARGV[1] .. ':' .. ARGV[2], 'kind', 'correction',
      'amount', '0', 'hold', paid, 'nodes', h[3], 'meta', h[4], 'result', ARGV[8])
  end
end
redis.call('HSET', KEYS[3], 'st', 'S', 'amt', paid, 'act', actual)
redis.call('PEXPIRE', KEYS[3], 86400000)
local event = {KEYS[4], '*', 't', 'attempt', 'id', ARGV[2], 'kind', 'final', 'amount', actual, 'hold', paid,
  'nodes', ARGV[7], 'meta', ARGV[4], 'result', ARGV[5]}
if ARGV[6] ~= '' then
  event[#event + 1] = 'req'
  event[#event + 1] = ARGV[6]
end
redis.call('XADD', unpack(event))
local kind = open and 'DRAWN' or charged and 'CORRECTED' or 'LATE'
return {kind, redis.call('INCR', KEYS[1]), tonumber(actual) > tonumber(paid) and 1 or 0}
