"""A delivery's decider: one message to a cohort, attempt by attempt, until each is reached or shown as a gap."""
