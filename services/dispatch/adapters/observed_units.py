"""The unit directory as it is watched: what its choices were, and how old the positions are that it chooses by."""

from collections.abc import Sequence
from datetime import datetime

from prometheus_client import Counter, Histogram

from services.dispatch.application.ports import Selection, UnitDirectory
from shared.contracts.incident import ReinforcementRequested
from shared.contracts.positions import PositionsReported
from shared.platform.projection import Projection
from shared.platform.records import Received
from shared.ports import Clock

CHOICE_SECONDS = Histogram(
    "meu_match_choice_seconds",
    "Choosing and claiming the units of one round.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1),
)
UNITS_CHOSEN = Counter("meu_match_units_chosen", "Units claimed for a round.", ["role", "drill"])
UNITS_REFUSED = Counter(
    "meu_match_units_refused", "Near units that were not claimed, once for each reason.", ["reason", "drill"]
)
UNITS_MISSING = Counter("meu_match_units_missing", "Units asked for that could not be found.", ["drill"])
FIX_AGE_SECONDS = Histogram(
    "meu_fix_age_seconds",
    "Age of a fix when the geo index has it; one fix of each record is looked at.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 12, 30, 60, 300, 1800),
)


class ObservedChoices:
    """Plays `UnitDirectory` by another one. A round that is asked for again is counted again."""

    def __init__(self, directory: UnitDirectory) -> None:
        self._directory = directory
        for drill in ("false", "true"):
            UNITS_MISSING.labels(drill)  # shown as 0, so that the first one is seen as an increase

    async def choose_and_claim(self, request: ReinforcementRequested, now: datetime) -> Selection:
        with CHOICE_SECONDS.time():
            selection = await self._directory.choose_and_claim(request, now)
        drill = str(request.drill).lower()
        for unit in selection.units:
            if unit.chosen:
                UNITS_CHOSEN.labels(unit.role.value, drill).inc()
            else:
                for reason in unit.reasons:
                    UNITS_REFUSED.labels(reason, drill).inc()
        missing = request.need.count - sum(unit.chosen for unit in selection.units)
        UNITS_MISSING.labels(drill).inc(max(0, missing))
        return selection


class ObservedFixes:
    """A projection of positions by another one."""

    def __init__(self, units: Projection, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    async def apply(self, items: Sequence[Received]) -> None:
        await self._units.apply(items)
        now = self._clock.now()
        for item in items:
            # 25,000 fixes a second are too many to look at each.
            if isinstance(item.body, PositionsReported) and item.body.fixes:
                FIX_AGE_SECONDS.observe(max(0.0, (now - item.body.fixes[0].time).total_seconds()))
