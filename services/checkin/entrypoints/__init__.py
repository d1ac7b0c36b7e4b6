"""What is started: `python -m services.checkin.entrypoints.api` and `…worker`."""
