-- A token bucket in micro-tokens with `refill` per ms. It starts full, and may go below zero when an answer was longer
-- than estimated. The same rule as packages/domain/src/rate/token-bucket.ts.
-- KEYS  none of its own
-- ARGV  none of its own

-- State text is '<level> <ms of the last refill>'. Gives level and time of refill.
local function bucket_at(text, now, capacity, refill)
  if not text then return capacity, now end
  local level, at = string.match(text, '^(%-?%d+) (%d+)$')
  level, at = math.min(tonumber(level), capacity), tonumber(at)
  -- The time of refill never goes back with the clock: otherwise the way forward would refill twice.
  if now <= at then return level, at end
  local gained = (now - at) * refill
  if gained >= capacity - level then return capacity, now end
  return level + gained, now
end

-- Milliseconds until `need` is there if nobody else asks: 0 when it is there now, nil when it never will be.
local function bucket_wait(level, need, capacity, refill)
  if need == 0 or level >= need then return 0 end
  if need > capacity or refill == 0 then return nil end
  return math.ceil((need - level) / refill)
end

-- Writes the state. A bucket that has had time to fill up needs no key: a missing one is full.
local function bucket_set(key, level, at, capacity, refill)
  -- Far beyond any debt that means anything, and still exact.
  level = math.max(level, -9000000000000000)
  local text = string.format('%.0f %.0f', level, at)
  if refill == 0 then
    redis.call('SET', key, text)
  else
    redis.call('SET', key, text, 'PX', string.format('%.0f', math.ceil((capacity - level) / refill) + 60000))
  end
end
