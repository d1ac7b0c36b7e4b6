-- Moves units to the newest fixes of the people who are on duty in them: a whole batch in one call.
-- KEYS[1]: prefix of all keys. ARGV[1]: [[unit, member, lon, lat, ms], …] as JSON.
local prefix = KEYS[1]
for _, fix in ipairs(cjson.decode(ARGV[1])) do
  local id, member, lon, lat, at_ms = fix[1], fix[2], fix[3], fix[4], fix[5]
  local key = prefix .. 'unit:' .. id
  local unit = redis.call('HMGET', key, 'at_ms', 'on_duty', 'registered', 'suspended', 'duty')
  local is_here = unit[2] and string.find(unit[2], '"' .. member .. '"', 1, true)
  if is_here and at_ms > tonumber(unit[1] or '0') then
    redis.call('HSET', key, 'lon', lon, 'lat', lat, 'at_ms', at_ms)
    if unit[3] == '1' and unit[4] == '0' and unit[5] == 'on' then
      redis.call('GEOADD', prefix .. 'geo', lon, lat, id)
    end
  end
end
return 1
