"""Where clients are: Redis, Kafka, HTTP, files."""
