-- Close a shard for everybody because its store has lost or rolled back data. Only under the epoch that the caller knows:
-- one that was rebuilt meanwhile is not closed again.
-- KEYS  [1] epoch
-- ARGV  [1] epoch
-- Gives {'FENCED'} | {'OTHER'} when it is closed already or has another epoch
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'OTHER'} end
redis.call('DEL', KEYS[1])
return {'FENCED'}
