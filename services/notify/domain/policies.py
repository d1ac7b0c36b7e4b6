"""How often, how soon and how long: the bounds of trying to reach a person."""

from datetime import timedelta

from shared.vocabulary.ids import derived_id
from shared.vocabulary.terms import AttemptOutcome, Lane

TRIES_A_CHANNEL = 3
FIRST_BACK_OFF_S = 1.0
BACK_OFF_FACTOR = 4.0
JITTER = 0.25
"""A retry comes up to this part earlier or later, so that what failed together does not return together."""

# An emergency is sent again after `unknown`, so it must not wait long. For the others unknown is the end,
# and a provider's queue of a whole city's cohorts takes its time: a short limit would only lose messages.
UNKNOWN_AFTER = {
    Lane.EMERGENCY: timedelta(seconds=30),
    Lane.NORMAL: timedelta(minutes=2),
    Lane.BULK: timedelta(minutes=15),
}

KEPT_AFTER_CLOSE = timedelta(days=8)
"""Longer than commands are kept (7 days): a repeated plan must find that it was planned."""


def back_off(tries: int, attempt_id: str) -> timedelta:
    """How long after the failed attempt, the `tries`-th over its channel, the next one begins: 1 s, 4 s, … ± jitter.

    The jitter is a function of the attempt, so that a replay gives the same times.
    """
    fraction = int(derived_id("back-off", attempt_id)[:8], 16) / 0xFFFFFFFF
    seconds = FIRST_BACK_OFF_S * BACK_OFF_FACTOR ** (tries - 1)
    return timedelta(seconds=seconds * (1 - JITTER + 2 * JITTER * fraction))


def may_send_again(lane: Lane, outcome: AttemptOutcome) -> bool:
    """At least once for an emergency; for anything else at most once, so only what certainly was not sent."""
    return outcome is AttemptOutcome.FAILED or (outcome is AttemptOutcome.UNKNOWN and lane is Lane.EMERGENCY)
