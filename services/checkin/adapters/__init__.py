"""Where check-in meets Kafka, Redis, SQL, HTTP and files."""
