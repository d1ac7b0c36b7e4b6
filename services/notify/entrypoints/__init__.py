"""What is started: `python -m services.notify.entrypoints.api` and `…worker`."""
