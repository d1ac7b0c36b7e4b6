"""Judges a fault run from its traces alone. Imports nothing of the platform: a shared fault would stay unseen."""
