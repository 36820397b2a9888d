-- Write the charge of an attempt of which the store knows nothing any more, and count it where the counters are there.
-- Once: what is recorded leaves a mark under the attempt's hold.
-- KEYS  [1] sequence  [2] hold  [3] usage stream  [4] index of counters that were made  [5..] counters
-- ARGV  [1] attempt id  [2] kind of event  [3] amount in nano-USD  [4] hold in nano-USD  [5] what is added to the counters
--       [6] ids of the counters  [7] meta  [8] result  [9] request or ''
-- Gives {'RECORDED', seq} | {'SKIP', state} when it is known after all
local st = redis.call('HGET', KEYS[2], 'st')
if st then return {'SKIP', st} end
for i = 3, 4 do
  if ARGV[i] ~= '0' and (#ARGV[i] > 15 or not string.find(ARGV[i], '^[1-9]%d*$')) then
    return redis.error_reply('ERR record: bad amount')
  end
end
local change = ARGV[5]
if #change > 16 or not (change == '0' or string.find(change, '^%-?[1-9]%d*$')) then
  return redis.error_reply('ERR record: bad change')
end

local event = {KEYS[3], '*', 't', 'attempt', 'id', ARGV[1], 'kind', ARGV[2], 'amount', ARGV[3], 'hold', ARGV[4],
  'nodes', ARGV[6], 'meta', ARGV[7], 'result', ARGV[8]}
if ARGV[9] ~= '' then
  event[#event + 1] = 'req'
  event[#event + 1] = ARGV[9]
end
redis.call('XADD', unpack(event))
local t = redis.call('TIME')
for i = 5, #KEYS do
  if redis.call('HEXISTS', KEYS[i], 'ver') == 1 then
    redis.call('HINCRBY', KEYS[i], 'used', change)
  else
    -- It must not begin at its opening, without this charge: it counts as lost until it is put back from the ledger.
    redis.call('HSET', KEYS[4], KEYS[i], string.format('%.0f', tonumber(t[1]) * 1000))
  end
end
if ARGV[2] == 'provisional' then
  redis.call('HSET', KEYS[2], 'st', 'O', 'amt', ARGV[4], 'tok', '0', 'at', string.format('%.0f', tonumber(t[1]) * 1000),
    'nodes', ARGV[6], 'rates', '', 'meta', ARGV[7], 'least', '0')
  redis.call('PEXPIRE', KEYS[2], 604800000)
else
  redis.call('HSET', KEYS[2], 'st', 'S', 'amt', ARGV[4])
  redis.call('PEXPIRE', KEYS[2], 86400000)
end
return {'RECORDED', redis.call('INCR', KEYS[1])}
