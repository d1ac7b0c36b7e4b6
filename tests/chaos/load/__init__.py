"""A city's load through the public HTTP API, by clients that write down what they asked for and what they were told."""
