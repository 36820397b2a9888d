-- Replace a published value unless a newer one is there, and announce it.
-- KEYS  [1] the value's hash
-- ARGV  [1] version  [2] JSON  [3] channel  [4] announcement
-- Gives {'OK'} | {'OLDER', the version that is there}
local there = redis.call('HGET', KEYS[1], 'ver')
-- The same version is written again: a repair must be able to replace what is broken.
if there and tonumber(there) > tonumber(ARGV[1]) then return {'OLDER', there} end
redis.call('HSET', KEYS[1], 'ver', ARGV[1], 'json', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return {'OK'}
