"""What goes wrong, and how often: drawn from the seed, and in many seeds some of it not at all."""

from dataclasses import dataclass
from random import Random


@dataclass
class Weather:
    """Chances at one step of a process, of one second for Redis and for the assignment."""

    crash: float = 0
    away: float = 0
    freeze: float = 0
    slow: float = 0
    longest_freeze_s: float = 20
    redis_emptied: float = 0
    redis_rewound: float = 0
    rebalance: float = 0
    repeat: float = 0
    """That a command is sent once more under its id."""
    poison: float = 0

    @classmethod
    def of(cls, rng: Random) -> "Weather":
        def rate(most: float, in_seeds: float = 0.6) -> float:
            return rng.uniform(most / 4, most) if rng.random() < in_seeds else 0

        return cls(
            crash=rate(0.03),
            away=rate(0.03),
            freeze=rate(0.006),
            slow=rate(0.5),
            longest_freeze_s=rng.choice((12, 30, 90)),
            redis_emptied=rate(0.05, 0.3),
            redis_rewound=rate(0.08, 0.3),
            rebalance=rate(0.08),
            repeat=rate(0.3),
            poison=rate(0.04),
        )

    def clear_up(self) -> None:
        """From now on nothing goes wrong."""
        vars(self).update(vars(Weather()))
