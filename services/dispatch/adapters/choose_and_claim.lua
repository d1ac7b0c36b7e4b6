-- Chooses and claims units for one round of one incident, once: asked again, it gives the same answer.
-- KEYS[1]: prefix of all keys. ARGV[1]: the request as JSON; times in ms, distances in m. `named`: only these units,
-- wherever they are. `look_only`: whom it would choose; nothing is claimed, and no answer is kept.
-- Answers JSON: {claimed_ms, units}, or nothing when the claims of before were lost (claims_kept.py).
-- The keys are listed in redis_units.py; `run` comes from redis_run.py.
local FIRST_RING_M, LOOK_MOST = 50, 2000

local prefix, wanted = KEYS[1], cjson.decode(ARGV[1])
local now = wanted.now_ms
local kept_key = prefix .. 'round:' .. wanted.incident_id .. ':' .. wanted.round
local kept = not wanted.look_only and redis.call('GET', kept_key)
if kept then return kept end
if redis.call('GET', prefix .. 'claims-kept') ~= run then return false end

local excluded = {}
for _, id in ipairs(wanted.exclude) do excluded[id] = true end

-- A real incident takes a unit out of a drill; the drill's order is withdrawn when the real one is out.
local function yields(is_drill) return is_drill == '1' and not wanted.drill end

local function is_taken(claim, orders)
  if claim and not yields(string.sub(claim, 1, 1)) then return true end
  for _, order in ipairs(orders) do
    if not yields(string.sub(order, 1, 1)) then return true end
  end
  return false
end

local function lacks(equipment, kinds)
  for _, kind in ipairs(kinds) do
    local usable_until = equipment[kind]
    if not usable_until or (usable_until > 0 and usable_until <= now) then return true end
  end
  return false
end

local function has(list, item)
  for _, each in ipairs(list) do
    if each == item then return true end
  end
  return false
end

-- nil when the unit's duty has run out though nobody has said so yet.
local function look_at(id, distance)
  local unit = redis.call('HMGET', prefix .. 'unit:' .. id, 'station_id', 'members', 'until_ms', 'at_ms',
    'equipment', 'capabilities', 'lon', 'lat')
  if tonumber(unit[3] or '0') <= now then return nil end
  local members, equipment = tonumber(unit[2] or '0'), cjson.decode(unit[5] or '{}')
  local held = redis.call('MGET', prefix .. 'claim:' .. id, prefix .. 'rest:' .. id)
  local against = {}
  local function note(applies, reason) if applies then against[#against + 1] = reason end end
  note(excluded[id], 'already-asked')
  note(is_taken(held[1], redis.call('HVALS', prefix .. 'orders:' .. id)), 'claimed')
  note(held[2] and not yields(held[2]), 'resting')
  note(tonumber(unit[4] or '0') + wanted.max_age_ms < now, 'position-stale')
  note(members < wanted.members_min, 'too-few-members')
  note(lacks(equipment, wanted.equipment), 'equipment-missing')
  note(wanted.capability and not has(cjson.decode(unit[6] or '[]'), wanted.capability), 'capability-missing')
  local fit = #against == 0
  local below = members < wanted.threat_members_min or lacks(equipment, wanted.threat_equipment)
  note(below, 'threat-rule')
  return {
    unit_id = id, station_id = unit[1], distance_m = distance, members_on_duty = members,
    lon = tonumber(unit[7]), lat = tonumber(unit[8]), chosen = false, role = 'respond', reasons = against,
  }, fit, below
end

local seen, responders, watchers = {}, 0, {}
local for_reason = wanted.named and 'named' or 'nearest'

local function consider(id, distance)
  local unit, fit, below = look_at(id, distance)
  if not unit then return end
  seen[#seen + 1] = unit
  if not fit then return end
  if below then
    watchers[#watchers + 1] = unit
  elseif responders < wanted.count then
    responders = responders + 1
    unit.chosen, unit.reasons = true, {for_reason}
  else
    unit.reasons = {'not-needed'}
  end
end

-- Great-circle distance to the scene, on the sphere that Redis takes for the Earth.
local function distance_m(lon, lat)
  local half_lat, half_lon = math.rad(wanted.lat - lat) / 2, math.rad(wanted.lon - lon) / 2
  local h = math.sin(half_lat) ^ 2 + math.cos(math.rad(lat)) * math.cos(math.rad(wanted.lat)) * math.sin(half_lon) ^ 2
  return 2 * 6372797.560856 * math.asin(math.sqrt(math.min(1, h)))
end

local function is_enough() return responders >= wanted.count and #seen >= wanted.shown end

-- A unit that is named may be one that no ring holds: off duty, suspended, or without a position.
local function consider_named(id)
  local unit = redis.call('HMGET', prefix .. 'unit:' .. id, 'registered', 'suspended', 'duty', 'until_ms', 'lon', 'lat',
    'site_lon', 'site_lat', 'station_id', 'members')
  local lon, lat = tonumber(unit[5] or unit[7]), tonumber(unit[6] or unit[8])
  if unit[1] ~= '1' or not lon then return end
  local against
  if unit[2] == '1' then against = 'suspended'
  elseif tonumber(unit[4] or '0') <= now then against = 'off-duty'
  elseif unit[3] == 'short' then against = 'below-quorum'
  elseif unit[3] ~= 'on' then against = 'off-duty'
  elseif not unit[5] then against = 'position-stale' end
  local distance = distance_m(lon, lat)
  if not against then return consider(id, distance) end
  seen[#seen + 1] = {
    unit_id = id, station_id = unit[9], distance_m = distance, members_on_duty = tonumber(unit[10] or '0'),
    lon = lon, lat = lat, chosen = false, role = 'respond', reasons = {against}, on_ring = false,
  }
end

for _, id in ipairs(wanted.named or {}) do consider_named(id) end

-- Rings that grow: sorting a whole radius costs by how many are in it, and mostly the nearest few are enough.
local looked, radius_m = 0, math.min(wanted.within_m, FIRST_RING_M)
while not wanted.named do
  local near = redis.call('GEOSEARCH', prefix .. 'geo', 'FROMLONLAT', wanted.lon, wanted.lat,
    'BYRADIUS', radius_m, 'm', 'ASC', 'COUNT', LOOK_MOST, 'WITHDIST')
  for i = looked + 1, #near do
    if is_enough() then break end
    consider(near[i][1], tonumber(near[i][2]))
  end
  looked = #near
  if is_enough() or looked >= LOOK_MOST or radius_m >= wanted.within_m then break end
  radius_m = math.min(wanted.within_m, radius_m * 2)
end

if wanted.observers_allowed then
  for i = 1, math.min(#watchers, wanted.count - responders) do
    watchers[i].chosen, watchers[i].role = true, 'observe'
    watchers[i].reasons = {for_reason, 'threat-rule'}
  end
end

local shown = {}
local claim = (wanted.drill and '1' or '0') .. ' ' .. wanted.incident_id .. ' ' .. wanted.round
for i, unit in ipairs(seen) do
  if i <= wanted.shown or unit.chosen then shown[#shown + 1] = unit end
  if unit.chosen and not wanted.look_only then
    redis.call('SET', prefix .. 'claim:' .. unit.unit_id, claim, 'PX', wanted.claim_ms)
  end
end
local units = #shown == 0 and '[]' or cjson.encode(shown)
local answer = '{"claimed_ms":' .. string.format('%d', now) .. ',"units":' .. units .. '}'
if not wanted.look_only then redis.call('SET', kept_key, answer, 'PX', wanted.keep_ms) end
return answer
