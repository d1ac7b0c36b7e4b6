"""What a run left behind, read: the run's files, Kafka, Redis, the history. Nothing is judged here."""
