-- Folds one event of an incident into what is read of it.
-- KEYS[1]: prefix of all keys. ARGV[1]: the event's data as JSON; ARGV[2]: the event itself, kept as it is; times in ms.
-- Answers 1, or 0 when the event was folded before, or -1 when one before it is missing and it is not `forced`.
local prefix, data = KEYS[1], cjson.decode(ARGV[1])
local events, summary = prefix .. 'events:' .. data.incident_id, prefix .. 'incident:' .. data.incident_id

local have = redis.call('LLEN', events)
if data.sequence <= have then return 0 end
if data.sequence > have + 1 and not data.forced then return -1 end
for _ = have + 2, data.sequence do redis.call('RPUSH', events, '') end
redis.call('RPUSH', events, ARGV[2])

local function index(command, status, reported_ms)
  for _, node in ipairs(data.nodes) do
    local key = prefix .. 'by-node:' .. status .. ':' .. node
    if command == 'ZADD' then
      redis.call('ZADD', key, reported_ms, data.incident_id)
    else
      redis.call('ZREM', key, data.incident_id)
    end
  end
end

if data.report then
  redis.call('HSET', summary, 'report', data.report, 'state', 'open', 'reported_ms', data.at_ms, 'level', data.level)
  index('ZADD', 'any', data.at_ms)
  index('ZADD', 'open', data.at_ms)
end
local reported_ms = redis.call('HGET', summary, 'reported_ms')
if not reported_ms then return 1 end
if data.level then redis.call('HSET', summary, 'level', data.level) end
if data.unit_id then
  redis.call('ZADD', prefix .. 'by-unit:' .. data.unit_id, reported_ms, data.incident_id)
end
if data.state then
  index('ZREM', redis.call('HGET', summary, 'state'))
  index('ZADD', data.state, reported_ms)
  redis.call('HSET', summary, 'state', data.state)
end
if data.forget_at_ms then
  redis.call('HSET', summary, 'closed_ms', data.at_ms)
  redis.call('PEXPIREAT', summary, data.forget_at_ms)
  redis.call('PEXPIREAT', events, data.forget_at_ms)
end
return 1
