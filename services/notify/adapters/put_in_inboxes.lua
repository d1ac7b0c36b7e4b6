-- Puts one delivery into many inboxes, and rings for each. A whole cohort in one call: a reply for every command of
-- every person took more of the sender's time than the commands took of Redis's.
-- KEYS[1]: prefix of inboxes. ARGV: delivery, its score, score below which entries have expired, seconds to keep,
-- prefix of bells; then the members.
for place = 6, #ARGV do
  local inbox = KEYS[1] .. ARGV[place]
  redis.call('ZADD', inbox, 'NX', ARGV[2], ARGV[1])
  redis.call('ZREMRANGEBYSCORE', inbox, '-inf', ARGV[3])
  redis.call('EXPIRE', inbox, ARGV[4])
  redis.call('PUBLISH', ARGV[5] .. ARGV[place], ARGV[1])
end
