"""The fault run: a whole city's load on three brokers, and everything that can break breaking meanwhile."""
