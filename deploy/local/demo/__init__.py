"""The demo city and what plays in it, through the public HTTP API only."""
