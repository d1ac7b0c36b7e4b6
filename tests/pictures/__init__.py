"""Pictures of every screen and the figures of the console with a whole city, for docs/: `python -m tests.pictures`."""
