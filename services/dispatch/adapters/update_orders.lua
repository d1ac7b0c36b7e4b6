-- Folds one event of an incident into who is ordered where.
-- KEYS[1]: prefix of all keys. ARGV[1]: what happened. ARGV[2]: its data as JSON; times in ms.
-- Answers 1, or 0 when the event was folded before, or -1 when one before it is missing and it is not `forced`.
local prefix, kind, data = KEYS[1], ARGV[1], cjson.decode(ARGV[2])

local seen_key = prefix .. 'seen:' .. data.incident_id
local seen = tonumber(redis.call('GET', seen_key) or '0')
if data.sequence <= seen then return 0 end
if data.sequence > seen + 1 and not data.forced then return -1 end
redis.call('SET', seen_key, data.sequence, 'PX', data.keep_ms)

local function release(unit_id)
  local claim_key = prefix .. 'claim:' .. unit_id
  local claim = redis.call('GET', claim_key)
  if claim and string.sub(claim, 3) == data.incident_id .. ' ' .. data.round then redis.call('DEL', claim_key) end
end

if kind == 'considered' then
  for _, unit_id in ipairs(data.not_chosen) do release(unit_id) end
elseif kind == 'issued' then
  local orders = prefix .. 'orders:' .. data.unit_id
  redis.call('HSET', orders, data.order_id, (data.drill and '1' or '0') .. ' ' .. data.at_ms .. ' ' .. data.incident_id)
  release(data.unit_id)
  if redis.call('HLEN', orders) > 1 then redis.call('SADD', prefix .. 'doubly-ordered', data.unit_id) end
elseif kind == 'ended' then
  local orders = prefix .. 'orders:' .. data.unit_id
  redis.call('HDEL', orders, data.order_id)
  if redis.call('HLEN', orders) < 2 then redis.call('SREM', prefix .. 'doubly-ordered', data.unit_id) end
  if data.rest_ms > 0 then
    redis.call('SET', prefix .. 'rest:' .. data.unit_id, data.drill and '1' or '0', 'PX', data.rest_ms)
  end
end
return 1
