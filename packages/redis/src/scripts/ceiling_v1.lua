-- Count what a process has spent of the installation's ceiling, and let it hold as much more as it wants and is left.
-- KEYS  [1] counter of the window  [2] leases of the window
-- ARGV  [1] process  [2] all it has spent in this window in nano-USD  [3] what it wants to hold beyond that  [4] limit
--       [5] lease in ms  [6] window start  [7] window end
-- Gives {'OK', held, now, used by all, held by all}
local function whole(n) return string.format('%.0f', n) end
local function number(text, what)
  if not string.find(text, '^%d+$') or #text > 16 then error('ceiling: bad ' .. what) end
  return tonumber(text)
end
local counter, leases, process = KEYS[1], KEYS[2], ARGV[1]
local spent, wanted, limit = number(ARGV[2], 'spent'), number(ARGV[3], 'wanted'), number(ARGV[4], 'limit')
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local function add(field, amount)
  if amount ~= 0 then redis.call('HINCRBY', counter, field, whole(amount)) end
end

for _, name in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', whole(now))) do
  if name ~= process then
    local lost = tonumber(redis.call('HGET', counter, 'held/' .. name) or '0')
    add('used', lost)
    add('held', -lost)
    add('lapsed/' .. name, lost)
    redis.call('HDEL', counter, 'held/' .. name)
    redis.call('ZREM', leases, name)
  end
end

local v = redis.call('HMGET', counter, 'used', 'held', 'spent/' .. process, 'held/' .. process, 'lapsed/' .. process)
local used, held = tonumber(v[1] or '0'), tonumber(v[2] or '0')
local own_spent, own_held, lapsed = tonumber(v[3] or '0'), tonumber(v[4] or '0'), tonumber(v[5] or '0')
local more = math.max(0, spent - own_spent)
used = used + more - lapsed
local kept = math.min(wanted, math.max(0, own_held + lapsed - more))
local granted = 0
if now >= tonumber(ARGV[6]) and now < tonumber(ARGV[7]) then
  granted = math.min(wanted, math.max(0, limit - used - (held - own_held)))
end
local holds = math.max(granted, kept)

add('used', more - lapsed)
add('held', holds - own_held)
if lapsed ~= 0 then redis.call('HDEL', counter, 'lapsed/' .. process) end
if more ~= 0 then add('spent/' .. process, more) end
if holds > 0 then
  redis.call('HSET', counter, 'held/' .. process, whole(holds))
  redis.call('ZADD', leases, whole(now + tonumber(ARGV[5])), process)
else
  redis.call('HDEL', counter, 'held/' .. process)
  redis.call('ZREM', leases, process)
end
local expires = tonumber(ARGV[7]) + 3888000000 -- 45 days after the window
for i = 1, 2 do redis.call('PEXPIREAT', KEYS[i], whole(expires)) end
return {'OK', whole(holds), whole(now), whole(used), whole(held - own_held + holds)}
