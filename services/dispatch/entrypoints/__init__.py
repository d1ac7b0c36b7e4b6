"""What is started: `python -m services.dispatch.entrypoints.api` and `…worker`."""
