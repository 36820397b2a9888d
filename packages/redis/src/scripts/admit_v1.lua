-- Count one request in the short and the long window of every scope of a chain, or in none.
-- KEYS  [1..] scopes of the chain, widest first
-- ARGV  [1] length of the short window in ms  [2] length of the long window in ms
--       [3..] per scope: limit in the short window, limit in the long window, each 0 for none
-- Gives {'OK', now, tightest limit, remaining, ms until it is whole again} | {'WAIT', now, limit, ms to wait};
--       limits are numbered in the order of ARGV, leaving out those that are none
-- @part window
-- State of a scope: slot, count and count before of the short window, then of the long one.
local form = '>I6I4I4I6I4I4'
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local short, long = tonumber(ARGV[1]), tonumber(ARGV[2])

local number, longest, waiting, tightest, least, whole_in = 0, 0, nil, nil, nil, nil
local function ask(limit, current, previous, elapsed, length)
  if limit == 0 then return end
  number = number + 1
  local wait = window_wait(limit, 1, current, previous, elapsed, length)
  if wait > longest then longest, waiting = wait, number end
  local remaining = math.floor((limit * length - previous * (length - elapsed) - (current + 1) * length) / length)
  if not least or remaining < least then tightest, least, whole_in = number, remaining, 2 * length - elapsed end
end

local before, after, moved = redis.call('MGET', unpack(KEYS)), {}, {}
for i = 1, #KEYS do
  local s1, c1, p1, s2, c2, p2, elapsed1, elapsed2
  if before[i] then s1, c1, p1, s2, c2, p2 = struct.unpack(form, before[i]) end
  local slot = s1
  s1, c1, p1, elapsed1 = window_moved(s1, c1, p1, now, short)
  s2, c2, p2, elapsed2 = window_moved(s2, c2, p2, now, long)
  ask(tonumber(ARGV[i * 2 + 1]), c1, p1, elapsed1, short)
  ask(tonumber(ARGV[i * 2 + 2]), c2, p2, elapsed2, long)
  moved[i] = s1 ~= slot
  after[i] = struct.pack(form, s1, c1 + 1, p1, s2, c2 + 1, p2)
end
local at = string.format('%.0f', now)
if waiting then return {'WAIT', at, waiting, string.format('%.0f', longest)} end

-- Two long windows after its last count a state says nothing any more. Its life is renewed once per short window.
local life = string.format('%.0f', 2 * long + short + 1000)
for i, state in ipairs(after) do
  if moved[i] then
    redis.call('SET', KEYS[i], state, 'PX', life)
  else
    redis.call('SETRANGE', KEYS[i], 0, state)
  end
end
return {'OK', at, tightest, string.format('%.0f', least), string.format('%.0f', whole_in)}
