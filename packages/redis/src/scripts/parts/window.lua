-- A sliding window of `length` ms: the count in the present slot, and the slot before it weighted by how much of it the
-- window still covers. Whole numbers only. The same rule as packages/domain/src/rate/sliding-window.ts.
-- KEYS  none of its own
-- ARGV  none of its own

-- What a slot with its counts is at `now`; no slot: nothing was counted yet.
-- Gives slot, count, count before, ms into the slot.
local function window_moved(s, c, p, now, length)
  local slot = math.floor(now / length)
  if not s or s < slot - 1 then return slot, 0, 0, now - slot * length end
  if s < slot then return slot, 0, c, now - slot * length end
  -- Later than now only if the clock went back: then time stands still until it has caught up.
  return s, c, p, math.max(0, now - s * length)
end

-- The same for a state text: '<slot> <count> <count of the slot before>'.
local function window_at(text, now, length)
  if not text then return window_moved(nil, 0, 0, now, length) end
  local s, c, p = string.match(text, '^(%d+) (%d+) (%d+)$')
  return window_moved(tonumber(s), tonumber(c), tonumber(p), now, length)
end

-- Milliseconds until `count` more fit if nobody else asks: 0 when they fit now, nil when they never will.
local function window_wait(limit, count, current, previous, elapsed, length)
  if count == 0 then return 0 end
  if count > limit then return nil end
  local room = limit - current - count
  if room >= 0 then
    if previous * (length - elapsed) <= room * length then return 0 end
    return length - math.floor(room * length / previous) - elapsed
  end
  return length - elapsed + math.max(0, length - math.floor((limit - count) * length / current))
end

-- Writes the state. Two lengths later it says nothing any more.
local function window_set(key, slot, current, previous, length)
  local text = string.format('%.0f %.0f %.0f', slot, current, previous)
  redis.call('SET', key, text, 'PX', string.format('%.0f', 2 * length + 1000))
end
