-- Tell of a hold that is still open, while its shard is being rebuilt. It is counted when the shard is opened.
-- KEYS  [1] epoch in preparation  [2] hold set aside  [3] list of those set aside
-- ARGV  [1] epoch in preparation  [2] lease member  [3] amount in nano-USD  [4] ids of the counters  [5] meta
--       [6] window ends of the counters  [7] openings of the counters
-- Gives {'OK'} | {'OVER'} when that rebuild is over
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'OVER'} end
local amount = ARGV[3]
if amount ~= '0' and (#amount > 15 or not string.find(amount, '^[1-9]%d*$')) then
  return redis.error_reply('ERR register: bad amount')
end
local t = redis.call('TIME')
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'st', 'D', 'amt', amount, 'tok', '0',
  'at', string.format('%.0f', tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)),
  'nodes', ARGV[4], 'rates', '', 'meta', ARGV[5], 'ends', ARGV[6], 'opens', ARGV[7])
redis.call('SADD', KEYS[3], ARGV[2])
return {'OK'}
