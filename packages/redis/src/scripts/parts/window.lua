-- A sliding window of `length` ms: the count in the present slot, and the slot before it weighted by how much of it the
-- window still covers. Whole numbers only. The same rule as packages/domain/src/rate/sliding-window.ts.
-- KEYS  none of its own
-- ARGV  none of its own

-- State text is '<slot> <count> <count of the slot before>'. Gives slot, count, count before, ms into the slot.
local function window_at(text, now, length)
  local slot, current, previous = math.floor(now / length), 0, 0
  if text then
    local s, c, p = string.match(text, '^(%d+) (%d+) (%d+)$')
    s, c, p = tonumber(s), tonumber(c), tonumber(p)
    if s >= slot then
      -- Later than now only if the clock went back: then time stands still until it has caught up.
      slot, current, previous = s, c, p
    elseif s == slot - 1 then
      previous = c
    end
  end
  return slot, current, previous, math.max(0, now - slot * length)
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
