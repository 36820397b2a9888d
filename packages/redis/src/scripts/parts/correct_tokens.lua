-- Changes what a hold took from its token limits by `more` tokens (less if negative), where and when it took them.
-- KEYS  none of its own: the token limits begin at KEYS[first_key]
-- ARGV  none of its own: three values per token limit from ARGV[first_arg], as in hold_v2

local function correct_tokens(first_key, first_arg, more, at)
  if more == 0 then return end
  for i = 0, #KEYS - first_key do
    local key, j = KEYS[first_key + i], first_arg + i * 3
    local text = redis.call('GET', key)
    -- No key: the window is over, or the bucket has long been full.
    if text and ARGV[j] == 'w' then
      local taken = math.floor(at / tonumber(ARGV[j + 2]))
      local slot, current, previous = string.match(text, '^(%d+) (%d+) (%d+)$')
      slot, current, previous = tonumber(slot), tonumber(current), tonumber(previous)
      if slot == taken then
        current = math.max(0, current + more)
      elseif slot == taken + 1 then
        previous = math.max(0, previous + more)
      end
      redis.call('SET', key, string.format('%.0f %.0f %.0f', slot, current, previous), 'KEEPTTL')
    elseif text then
      local capacity, refill = tonumber(ARGV[j + 1]), tonumber(ARGV[j + 2])
      local level, refilled = string.match(text, '^(%-?%d+) (%d+)$')
      bucket_set(key, math.min(capacity, tonumber(level) - more * 1000000), tonumber(refilled), capacity, refill)
    end
  end
end
