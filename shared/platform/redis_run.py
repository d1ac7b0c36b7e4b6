"""Which Redis it is that holds the data: after a restart or a fail-over it is another, and may lack the last writes.

A FLUSHALL leaves the run as it is. What tells that as well is a token beside the data, which goes with it.
"""

RUN = "local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')\n"
"""The first line of a Lua script that must know: `run` is a word."""

IDENTITY = f"""{RUN}
local function identity(token_key) return run .. (redis.call('GET', token_key) or '') end
"""
"""As RUN; `identity(key)` is one for each loss of the data beside that key, once a token is set there."""
