-- Hold an amount on every budget of a chain and take tokens from every token limit, or do nothing at all.
-- The script that hold_v2 took the place of, as it was: the two run side by side while proxies are replaced.
-- KEYS  [1] epoch  [2] sequence  [3] hold  [4] leases  [5..] counters of the budgets root first, then token limits
-- ARGV  [1] epoch  [2] lease member  [3] amount in nano-USD  [4] lease in ms  [5] tokens  [6] meta
--       [7] ids of the counters  [8] ids of the token limits  [9] number of counters
--       [10..] per counter: window start, window end, limit ('' when soft), version, opening;
--       then per token limit: 'w', limit, length in ms, or 'b', capacity, refill per ms (in micro-tokens)
-- Gives {'OK', seq, least left or '', now, counter with the least left or ''}
--       | {'FENCED'} | {'WINDOW', now} | {'EXISTS', state}
--       | {'OVER' or 'HELD', counter, used, held, limit} | {'TOKENS', token limit, ms to wait or '', now}
-- @part window
-- @part bucket
local function whole(n) return string.format('%.0f', n) end

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
local amount, tokens, counters = ARGV[3], tonumber(ARGV[5]), tonumber(ARGV[9])
if amount ~= '0' and (#amount > 15 or not string.find(amount, '^[1-9]%d*$')) then
  return redis.error_reply('ERR hold: bad amount')
end
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local add = tonumber(amount)

local known = redis.call('HMGET', KEYS[3], 'st', 'amt', 'nodes')
local again = known[1] == 'D' and known[2] == amount and known[3] == ARGV[7]
if known[1] and not again then return {'EXISTS', known[1]} end
if again then add = 0 end

-- Read everything before the first write: an error half-way would otherwise leave half a hold.
local fresh, changed, left, tightest, over, held_back = {}, {}, nil, nil, nil, nil
for i = 1, counters do
  local j = 5 + i * 5
  if not again and (now < tonumber(ARGV[j]) or now >= tonumber(ARGV[j + 1])) then return {'WINDOW', whole(now)} end
  local v = redis.call('HMGET', KEYS[4 + i], 'used', 'held', 'limit', 'ver')
  local used, held, limit = v[1], v[2], v[3]
  local created, newer = not used, used and tonumber(ARGV[j + 3]) > tonumber(v[4])
  if created or newer then
    limit = ARGV[j + 2]
    if limit ~= '' and (not string.find(limit, '^%d+$') or #limit > 16 or tonumber(limit) > 9000000000000000) then
      return redis.error_reply('ERR hold: bad limit')
    end
    if created then
      used, held = ARGV[j + 4], '0'
      if #used > 16 or not string.find(used, '^%d+$') then return redis.error_reply('ERR hold: bad opening') end
      fresh[#fresh + 1] = i
    else
      changed[#changed + 1] = i
    end
  end
  if limit ~= '' then
    -- Exact below 2^53; above it `used` is beyond every limit, and so is its nearest double.
    local spent, room = tonumber(used), tonumber(limit)
    local rest = room - spent - tonumber(held) - add
    if rest < 0 and not again then
      if spent + add > room then
        over = over or {'OVER', i, used, held, limit}
      else
        held_back = held_back or {'HELD', i, used, held, limit}
      end
    end
    if not left or rest < left then left, tightest = rest, i end
  end
end

local first_limit = 10 + counters * 5
local states, never, longest, waiting = {}, nil, 0, nil
if not again then
  for i = 1, #KEYS - 4 - counters do
    local key, j = KEYS[4 + counters + i], first_limit + (i - 1) * 3
    local a, b = tonumber(ARGV[j + 1]), tonumber(ARGV[j + 2])
    local text, wait = redis.call('GET', key), nil
    if ARGV[j] == 'w' then
      local slot, current, previous, elapsed = window_at(text, now, b)
      wait = window_wait(a, tokens, current, previous, elapsed, b)
      states[i] = {slot, current + tokens, previous}
    else
      local level, at = bucket_at(text, now, a, b)
      wait = bucket_wait(level, tokens * 1000000, a, b)
      states[i] = {level - tokens * 1000000, at}
    end
    if not wait then
      never = never or {'TOKENS', i, '', whole(now)}
    elseif wait > longest then
      longest, waiting = wait, {'TOKENS', i, whole(wait), whole(now)}
    end
  end
end

-- What the caller knows of the budgets is kept whatever the answer: the newest limit holds for every proxy.
for _, i in ipairs(fresh) do
  local j = 5 + i * 5
  redis.call('HSET', KEYS[4 + i], 'used', ARGV[j + 4], 'held', '0', 'limit', ARGV[j + 2], 'ver', ARGV[j + 3])
  local expires = tonumber(ARGV[j + 1]) + 3888000000 -- 45 days after the window
  if expires < 8640000000000000 then redis.call('PEXPIREAT', KEYS[4 + i], whole(expires)) end
end
for _, i in ipairs(changed) do
  local j = 5 + i * 5
  redis.call('HSET', KEYS[4 + i], 'limit', ARGV[j + 2], 'ver', ARGV[j + 3])
end

-- What can never be comes first: a caller that is told to wait must not wait for nothing.
local refusal = over or never or held_back or waiting
if refusal then return refusal end

if not again then
  if amount ~= '0' then
    for i = 1, counters do redis.call('HINCRBY', KEYS[4 + i], 'held', amount) end
  end
  for i = 1, #states do
    local key, j, s = KEYS[4 + counters + i], first_limit + (i - 1) * 3, states[i]
    if ARGV[j] == 'w' then
      window_set(key, s[1], s[2], s[3], tonumber(ARGV[j + 2]))
    else
      bucket_set(key, s[1], s[2], tonumber(ARGV[j + 1]), tonumber(ARGV[j + 2]))
    end
  end
  redis.call('HSET', KEYS[3], 'st', 'D', 'amt', amount, 'tok', ARGV[5], 'at', whole(now), 'nodes', ARGV[7],
    'rates', ARGV[8], 'meta', ARGV[6])
end
redis.call('ZADD', KEYS[4], whole(now + tonumber(ARGV[4])), ARGV[2])
return {'OK', redis.call('INCR', KEYS[2]), left and whole(math.max(0, left)) or '', whole(now), tightest or ''}
