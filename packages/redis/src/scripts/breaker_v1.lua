-- Count what came of calls to a model at a provider, ask whether one may be made, or end the canary of an open breaker.
-- KEYS  [1] breaker  [2] index of the organisation's breakers
-- ARGV  [1] what: tally, ask, end or limit  [2] name in the index  [3] name when announced  [4] channel of announcements
--       [5] failures that open it  [6] window in s  [7] least share of failures in per cent  [8] cool-down in ms
--       [9] lease of a canary in ms
--       [10..] tally: age in s, answered, failed, of each second; ask: owner; end: owner, how; limit: ms
-- Gives {'CLOSED' | 'CANARY' | 'WAIT' | 'LIMITED', now, open since, open until, canary's lease, limited until, trips,
--        ms to wait}; each time 0 for none
local function whole(n) return string.format('%.0f', n) end
local function number(text, what)
  if not text or not string.find(text, '^%-?%d+$') or #text > 15 then error('breaker: bad ' .. what) end
  return tonumber(text)
end
local breaker, index, what = KEYS[1], KEYS[2], ARGV[1]
local window, cooldown, lease = number(ARGV[6], 'window'), number(ARGV[8], 'cool-down'), number(ARGV[9], 'lease')
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local second = tonumber(t[1])

local state, counts = {}, {}
local flat = redis.call('HGETALL', breaker)
for i = 1, #flat, 2 do
  local kind, at = string.match(flat[i], '^([af])(%d+)$')
  if kind then
    counts[at] = counts[at] or {a = 0, f = 0}
    counts[at][kind] = tonumber(flat[i + 1])
  else
    state[flat[i]] = flat[i + 1]
  end
end
local function field(name) return tonumber(state[name] or '0') end
local function put(name, value)
  state[name] = value
  redis.call('HSET', breaker, name, value)
end
local function drop(name)
  state[name] = nil
  redis.call('HDEL', breaker, name)
end
local function forget(at)
  redis.call('HDEL', breaker, 'a' .. at, 'f' .. at)
  counts[at] = nil
end
local told = false
local function open()
  put('trips', whole(field('trips') + 1))
  put('since', whole(now))
  put('until', whole(now + cooldown))
  drop('canary')
  drop('canary_until')
  for at in pairs(counts) do forget(at) end
  told = true
end

local verdict, wait = 'CLOSED', 0
if what == 'tally' then
  if not state['until'] then
    local failing = false
    for i = 10, #ARGV, 3 do
      local age, answered, failed = number(ARGV[i], 'age'), number(ARGV[i + 1], 'count'), number(ARGV[i + 2], 'count')
      if age <= window then
        local at = whole(second - age)
        counts[at] = counts[at] or {a = 0, f = 0}
        counts[at].a, counts[at].f = counts[at].a + answered, counts[at].f + failed
        redis.call('HINCRBY', breaker, 'a' .. at, whole(answered))
        redis.call('HINCRBY', breaker, 'f' .. at, whole(failed))
        if failed > 0 then failing = true end
      end
    end
    local answered, failed = 0, 0
    for at, count in pairs(counts) do
      if tonumber(at) < second - window then forget(at)
      else answered, failed = answered + count.a, failed + count.f end
    end
    local least = number(ARGV[7], 'share') * (failed + answered)
    if failing and failed >= number(ARGV[5], 'failures') and failed * 100 >= least then open() end
  end
elseif what == 'end' then
  if state['until'] and state.canary == ARGV[10] then
    if ARGV[11] == 'failed' then
      open()
    elseif ARGV[11] == 'unsent' or ARGV[11] == 'answered' then
      put('trips', whole(field('trips')))
      drop('canary')
      drop('canary_until')
      if ARGV[11] == 'answered' then
        drop('since')
        drop('until')
      end
      told = true
    else
      error('breaker: bad end')
    end
  end
elseif what == 'limit' then
  local till = now + number(ARGV[10], 'limit')
  if till > field('limited') then
    put('limited', whole(till))
    told = true
  end
elseif what ~= 'ask' then
  error('breaker: bad verb')
end

if field('limited') > now then
  verdict, wait = 'LIMITED', field('limited') - now
elseif state['until'] and field('until') > now then
  verdict, wait = 'WAIT', field('until') - now
elseif state['until'] then
  verdict, wait = 'WAIT', math.max(0, field('canary_until') - now)
  if what == 'ask' and (not state.canary or state.canary == ARGV[10] or field('canary_until') <= now) then
    put('canary', ARGV[10])
    put('canary_until', whole(now + lease))
    verdict, wait, told = 'CANARY', 0, true
  end
end
if told or what == 'tally' then
  for i = 1, 2 do redis.call('PEXPIRE', KEYS[i], '604800000') end -- 7 days
end
if told then
  redis.call('ZADD', index, whole(now), ARGV[2])
  redis.call('PEXPIRE', index, '604800000')
  redis.call('ZREMRANGEBYRANK', index, 0, -1001)
end
local since, untl = whole(field('since')), whole(field('until'))
local canary, limited, trips = whole(field('canary_until')), whole(field('limited')), whole(field('trips'))
if told then
  redis.call('PUBLISH', ARGV[4], table.concat({since, untl, canary, limited, trips, ARGV[3]}, ' '))
end
return {verdict, whole(now), since, untl, canary, limited, trips, whole(wait)}
