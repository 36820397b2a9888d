-- Move the ends of leases on. A hold that is closed or swept has no lease and gets none.
-- KEYS  [1] leases
-- ARGV  [1] lease in ms  [2..] lease members
-- Gives {how many were renewed}
local t = redis.call('TIME')
local ends = string.format('%.0f', tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000) + tonumber(ARGV[1]))
local renewed = 0
for i = 2, #ARGV do renewed = renewed + redis.call('ZADD', KEYS[1], 'XX', 'CH', ends, ARGV[i]) end
return {renewed}
