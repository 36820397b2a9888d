-- The index of an organisation's counters that were made: counter key → end of its window in ms. Read only where a
-- counter is not there, so that one which was lost is not taken for a new one.
-- KEYS  none of its own
-- ARGV  none of its own

-- Notes a counter, and forgets some whose own life is over (45 days past the window): each one added makes room for
-- up to four, so the index stays as long as what it names.
local function index_add(index, counter, window_end, now)
  redis.call('HSET', index, counter, window_end)
  local some = redis.call('HRANDFIELD', index, 4, 'WITHVALUES')
  for i = 1, #some, 2 do
    if tonumber(some[i + 1]) + 3888000000 < now then redis.call('HDEL', index, some[i]) end
  end
end
