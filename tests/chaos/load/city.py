"""The city of the fault run: the demo's, in which more people are told by SMS or webhook first."""

from deploy.local.demo.city import City, generate

SEED = 1


def city_of(units: int) -> City:
    """The same city for the same number of units."""
    return generate(SEED, units)
