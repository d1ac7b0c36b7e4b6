"""Analytics' two use cases: keep the history, and report figures from it."""
