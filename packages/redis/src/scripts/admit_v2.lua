-- Count one request in the short and the long window of every scope of a chain and take a permit to run of every limit
-- on concurrency, or do nothing at all.
-- KEYS  [1..] windows of the scopes of the chain, widest first, then permits
-- ARGV  [1] length of the short window in ms  [2] length of the long window in ms  [3] number of windows
--       [4] permit  [5] lease of the permit in ms
--       [6..] per scope with windows: limit in the short window, limit in the long window, each 0 for none;
--       then per limit on concurrency: how many may run
-- Gives {'OK', now, tightest limit or '', remaining, ms until it is whole again} | {'WAIT', now, limit, ms to wait}
--       | {'BUSY', now, limit on concurrency, running};
--       limits are numbered in the order of ARGV, each kind from 1, leaving out those that are none
-- @part window
-- State of a scope: slot, count and count before of the short window, then of the long one.
local form = '>I6I4I4I6I4I4'
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local short, long, windows = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local at = string.format('%.0f', now)

local number, longest, waiting, tightest, least, whole_in = 0, 0, nil, nil, nil, nil
local function ask(limit, current, previous, elapsed, length)
  if limit == 0 then return end
  number = number + 1
  local wait = window_wait(limit, 1, current, previous, elapsed, length)
  if wait > longest then longest, waiting = wait, number end
  local remaining = math.floor((limit * length - previous * (length - elapsed) - (current + 1) * length) / length)
  if not least or remaining < least then tightest, least, whole_in = number, remaining, 2 * length - elapsed end
end

local before, after, moved = {}, {}, {}
if windows > 0 then before = redis.call('MGET', unpack(KEYS, 1, windows)) end
for i = 1, windows do
  local s1, c1, p1, s2, c2, p2, elapsed1, elapsed2
  if before[i] then s1, c1, p1, s2, c2, p2 = struct.unpack(form, before[i]) end
  local slot = s1
  s1, c1, p1, elapsed1 = window_moved(s1, c1, p1, now, short)
  s2, c2, p2, elapsed2 = window_moved(s2, c2, p2, now, long)
  ask(tonumber(ARGV[i * 2 + 4]), c1, p1, elapsed1, short)
  ask(tonumber(ARGV[i * 2 + 5]), c2, p2, elapsed2, long)
  moved[i] = s1 ~= slot
  after[i] = struct.pack(form, s1, c1 + 1, p1, s2, c2 + 1, p2)
end
if waiting then return {'WAIT', at, waiting, string.format('%.0f', longest)} end

local first_permit = 5 + windows * 2
for i = 1, #KEYS - windows do
  local key = KEYS[windows + i]
  -- A permit whose lease is over belongs to a proxy that is gone.
  redis.call('ZREMRANGEBYSCORE', key, '-inf', at)
  local running = redis.call('ZCARD', key)
  if running >= tonumber(ARGV[first_permit + i]) and not redis.call('ZSCORE', key, ARGV[4]) then
    return {'BUSY', at, i, running}
  end
end

local ends = string.format('%.0f', now + tonumber(ARGV[5]))
for i = windows + 1, #KEYS do redis.call('ZADD', KEYS[i], ends, ARGV[4]) end
-- Two long windows after its last count a state says nothing any more. Its life is renewed once per short window.
local life = string.format('%.0f', 2 * long + short + 1000)
for i, state in ipairs(after) do
  if moved[i] then
    redis.call('SET', KEYS[i], state, 'PX', life)
  else
    redis.call('SETRANGE', KEYS[i], 0, state)
  end
end
if not tightest then return {'OK', at, '', '0', '0'} end
return {'OK', at, tightest, string.format('%.0f', least), string.format('%.0f', whole_in)}
