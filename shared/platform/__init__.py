"""What runs the services: the ledger, streams, producers, dead letters, web, tokens, logs and metrics."""
