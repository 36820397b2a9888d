-- Count one request in every window of a chain, or in none.
-- KEYS  [1..] windows of the chain, widest scope first
-- ARGV  [1..] per window: limit, length in ms
-- Gives {'OK', now, tightest window, remaining, ms until it is whole again} | {'WAIT', now, window, ms to wait}
-- @part window
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local states, longest, waiting, tightest, least, whole_in = {}, 0, nil, nil, nil, nil
for i = 1, #KEYS do
  local limit, length = tonumber(ARGV[i * 2 - 1]), tonumber(ARGV[i * 2])
  local slot, current, previous, elapsed = window_at(redis.call('GET', KEYS[i]), now, length)
  local wait = window_wait(limit, 1, current, previous, elapsed, length)
  if wait > longest then longest, waiting = wait, i end
  current = current + 1
  local remaining = math.floor((limit * length - previous * (length - elapsed) - current * length) / length)
  if not least or remaining < least then tightest, least, whole_in = i, remaining, 2 * length - elapsed end
  states[i] = {slot, current, previous, length}
end
local at = string.format('%.0f', now)
if waiting then return {'WAIT', at, waiting, string.format('%.0f', longest)} end
for i, s in ipairs(states) do window_set(KEYS[i], s[1], s[2], s[3], s[4]) end
return {'OK', at, tightest, string.format('%.0f', least), string.format('%.0f', whole_in)}
