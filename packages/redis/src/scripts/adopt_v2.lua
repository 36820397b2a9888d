-- Decide what becomes of a hold that was set aside in a rebuild: open again when its owner told of it, closed when the
-- ledger has its charge already, and otherwise charged provisionally, for the money may have been spent (decisions.md 5).
-- KEYS  [1] epoch in preparation  [2] sequence  [3] hold  [4] hold set aside  [5] list of those set aside  [6] leases
--       [7] usage stream  [8] index of counters that were made  [9..] counters
-- ARGV  [1] epoch in preparation  [2] lease member  [3] attempt id  [4] lease in ms  [5] ids of the counters
--       [6] 'none', 'provisional' or 'charged': what the ledger has of it  [7] result of a provisional charge
-- Gives {'HELD' or 'CHARGED' or 'CLOSED' or 'ORPHANED' or 'KNOWN'} | {'OVER'} when that rebuild is over
--       | {'OTHER', ids of the counters it was held on}
-- @part index
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'OVER'} end
local h = redis.call('HMGET', KEYS[4], 'st', 'amt', 'nodes', 'meta', 'ends', 'opens')
if h[1] and h[3] ~= ARGV[5] then return {'OTHER', h[3]} end
redis.call('SREM', KEYS[5], ARGV[2])
-- Settled, charged or given back while it was set aside: that is later news.
if not h[1] or redis.call('EXISTS', KEYS[3]) == 1 then
  redis.call('DEL', KEYS[4])
  return {'KNOWN'}
end
if ARGV[6] == 'charged' then
  redis.call('DEL', KEYS[4])
  redis.call('HSET', KEYS[3], 'st', 'S', 'amt', h[2])
  redis.call('PEXPIRE', KEYS[3], 86400000)
  return {'CLOSED'}
end

local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
redis.call('RENAME', KEYS[4], KEYS[3])
-- Told once, for this rebuild: in the next one its owner has to tell of it again.
redis.call('HDEL', KEYS[3], 'ends', 'opens')
if ARGV[6] == 'provisional' then
  redis.call('HSET', KEYS[3], 'st', 'O')
  redis.call('PEXPIRE', KEYS[3], 604800000)
  return {'ORPHANED'}
end
local told = h[5]
if told then
  local ends, opens = string.gmatch(h[5], '%S+'), string.gmatch(h[6], '%S+')
  for i = 9, #KEYS do
    local window_end, opening = ends(), opens()
    -- One that is in the index and not there was charged while it was away (record_v1): it must not begin at its opening,
    -- and is put back from the ledger.
    if redis.call('HEXISTS', KEYS[i], 'ver') == 0 and redis.call('HEXISTS', KEYS[8], KEYS[i]) == 0 then
      redis.call('HSET', KEYS[i], 'used', opening, 'held', '0', 'limit', '', 'ver', '-1')
      local expires = tonumber(window_end) + 3888000000 -- 45 days after the window, as in hold_v2
      if expires < 8640000000000000 then redis.call('PEXPIREAT', KEYS[i], string.format('%.0f', expires)) end
      index_add(KEYS[8], KEYS[i], window_end, now)
    end
  end
end
if h[2] ~= '0' then
  for i = 9, #KEYS do redis.call('HINCRBY', KEYS[i], told and 'held' or 'used', h[2]) end
end
redis.call('INCR', KEYS[2])
if told then
  redis.call('ZADD', KEYS[6], string.format('%.0f', now + tonumber(ARGV[4])), ARGV[2])
  return {'HELD'}
end
redis.call('HSET', KEYS[3], 'st', 'O')
redis.call('PEXPIRE', KEYS[3], 604800000)
redis.call('XADD', KEYS[7], '*', 't', 'attempt', 'id', ARGV[3], 'kind', 'provisional', 'amount', h[2], 'hold', h[2],
  'nodes', h[3], 'meta', h[4], 'result', ARGV[7])
return {'CHARGED'}
