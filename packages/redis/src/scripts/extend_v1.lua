-- Make an open hold larger by the same test that took it, or do nothing at all: a top-up while its attempt runs.
-- KEYS  [1] epoch  [2] sequence  [3] hold  [4..] counters of its budgets, root first
-- ARGV  [1] epoch  [2] new amount in nano-USD  [3] ids of the counters
--       [4..] per counter five values as in hold_v2; then from when, until when the limits hold, in ms
-- Gives {'OK', seq, least left or '', counter with the least left or ''} | {'FENCED'} | {'WINDOW', now}
--       | {'MISSING', counter} | {'OVER' or 'HELD', counter, used, held, limit} | {'SKIP'} when it is not held any more
--       | {'OTHER', ids of the counters it was held on}
local amount, counters = ARGV[2], #KEYS - 3
if amount ~= '0' and (#amount > 15 or not string.find(amount, '^[1-9]%d*$')) then
  return redis.error_reply('ERR extend: bad amount')
end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
local h = redis.call('HMGET', KEYS[3], 'st', 'amt', 'nodes')
if h[1] ~= 'D' then return {'SKIP'} end
if h[3] ~= ARGV[3] then return {'OTHER', h[3]} end
-- The same again, or less than is held by now: it has what it asks for.
local add = math.max(0, tonumber(amount) - tonumber(h[2]))
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
-- A hold stays in its window, also when that is over; only what its limits are is asked of the clock.
if now < tonumber(ARGV[#ARGV - 1]) or now >= tonumber(ARGV[#ARGV]) then
  return {'WINDOW', string.format('%.0f', now)}
end

local changed, left, tightest, over, held_back = {}, nil, nil, nil, nil
for i = 1, counters do
  local j = i * 5 - 1
  local v = redis.call('HMGET', KEYS[3 + i], 'used', 'held', 'limit', 'ver')
  if not v[4] then return {'MISSING', i} end
  local limit = v[3]
  if tonumber(ARGV[j + 3]) > tonumber(v[4]) then
    limit = ARGV[j + 2]
    if limit ~= '' and (not string.find(limit, '^%d+$') or #limit > 16 or tonumber(limit) > 9000000000000000) then
      return redis.error_reply('ERR extend: bad limit')
    end
    changed[#changed + 1] = i
  end
  if limit ~= '' then
    local spent, room = tonumber(v[1]), tonumber(limit)
    local rest = room - spent - tonumber(v[2]) - add
    if rest < 0 and add > 0 then
      if spent + tonumber(amount) > room then
        over = over or {'OVER', i, v[1], v[2], limit}
      else
        held_back = held_back or {'HELD', i, v[1], v[2], limit}
      end
    end
    if not left or rest < left then left, tightest = rest, i end
  end
end

for _, i in ipairs(changed) do
  local j = i * 5 - 1
  redis.call('HSET', KEYS[3 + i], 'limit', ARGV[j + 2], 'ver', ARGV[j + 3])
end
if over or held_back then return over or held_back end
if add > 0 then
  local more = string.format('%.0f', add)
  for i = 1, counters do redis.call('HINCRBY', KEYS[3 + i], 'held', more) end
  redis.call('HSET', KEYS[3], 'amt', amount)
end
return {'OK', redis.call('INCR', KEYS[2]), left and string.format('%.0f', math.max(0, left)) or '', tightest or ''}
