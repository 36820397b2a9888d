-- Open a closed shard: its epoch is what holds must name from now on.
-- KEYS  [1] epoch  [2] epoch in preparation  [3] who has told of its holds
-- ARGV  [1] epoch
-- Gives {'OPENED'} | {'OTHER'} when it is open already, or somebody else has begun to rebuild it since
if redis.call('EXISTS', KEYS[1]) == 1 then return {'OTHER'} end
local preparing = redis.call('GET', KEYS[2])
if preparing and preparing ~= ARGV[1] then return {'OTHER'} end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2], KEYS[3])
return {'OPENED'}
