"""The published language: every message, every topic, the envelope; with generated schemas and examples."""
