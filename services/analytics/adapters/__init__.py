"""Where analytics meets ClickHouse and Kafka."""
