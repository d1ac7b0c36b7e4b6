"""What is started: `python -m services.analytics.entrypoints.api` and `…worker`."""
