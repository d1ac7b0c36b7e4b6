"""Hand-written stand-ins that tests hand to the composition roots."""
