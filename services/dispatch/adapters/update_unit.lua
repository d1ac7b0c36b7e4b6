-- Folds what is known of one unit, and puts it into the geo set or takes it out.
-- KEYS[1]: prefix of all keys. ARGV[1]: what happened. ARGV[2]: its data as JSON; times in ms.
-- The geo set holds only units whose quorum is met, that are registered, not suspended, and somewhere.
local prefix, kind, data = KEYS[1], ARGV[1], cjson.decode(ARGV[2])
local key = prefix .. 'unit:' .. data.unit_id

local function field(name) return redis.call('HGET', key, name) end

local function move()
  redis.call('HSET', key, 'lon', data.lon, 'lat', data.lat, 'at_ms', data.at_ms)
end

if kind == 'registered' then
  redis.call('HSET', key, 'registered', '1', 'station_id', data.station_id, 'path', data.path,
    'suspended', data.suspended and '1' or '0', 'equipment', data.equipment, 'capabilities', data.capabilities,
    'site_lon', data.lon, 'site_lat', data.lat)
elseif kind == 'deleted' then
  redis.call('DEL', key)
elseif kind == 'duty' then
  if data.sequence <= tonumber(field('duty_sequence') or '0') then return 0 end
  redis.call('HSET', key, 'duty_sequence', data.sequence, 'duty', data.state, 'members', data.members,
    'on_duty', data.on_duty, 'until_ms', data.until_ms)
  if data.lon and not field('at_ms') then move() end
elseif kind == 'checked-in' then
  if data.at_ms > tonumber(field('at_ms') or '0') then move() end
end

local unit = redis.call('HMGET', key, 'registered', 'suspended', 'duty', 'lon', 'lat')
if unit[1] == '1' and unit[2] == '0' and unit[3] == 'on' and unit[4] then
  redis.call('GEOADD', prefix .. 'geo', unit[4], unit[5], data.unit_id)
else
  redis.call('ZREM', prefix .. 'geo', data.unit_id)
end
return 1
