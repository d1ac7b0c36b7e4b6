"""Which Redis it is that holds the data: after a restart or a fail-over it is another, and may lack the last writes."""

RUN = "local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')\n"
"""The first line of a Lua script that must know: `run` is a word."""
