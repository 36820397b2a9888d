-- Say that a proxy lives, and hear which shards are being rebuilt.
-- KEYS  [1] proxies that live  [2] shards in preparation with their epochs
-- ARGV  [1] proxy
-- Gives {shard, epoch, shard, epoch, …}
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - 3600000))
return redis.call('HGETALL', KEYS[2])
