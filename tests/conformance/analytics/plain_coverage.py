"""When units were registered and when they were on duty, one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from services.analytics.application.ports import Happening
from services.analytics.domain.window import Window
from shared.contracts import duty, registry
from shared.vocabulary.terms import DutyState


@dataclass(frozen=True)
class Stretch:
    """A stretch of one unit's registration."""

    unit_id: str
    station_id: str
    path: str
    window: Window


def registered(states: Sequence[Happening], seen: Mapping[str, datetime], asked: Window) -> list[Stretch]:
    """The stretches within the window asked for. `seen`: each unit's first sign of life."""
    stretches: list[Stretch] = []
    for unit_id in {state.subject for state in states}:
        course = sorted((s for s in states if s.subject == unit_id), key=lambda s: (s.time, s.offset))
        starts = [state.time for state in course]
        starts[0] = min(starts[0], seen.get(unit_id, starts[0]))
        for state, (start, end) in zip(course, pairwise([*starts, None]), strict=True):
            assert start is not None
            if not isinstance(state.body, registry.Unit) or state.body.suspended:
                continue
            window = Window(start, max(start, end or asked.end)).overlap(asked)
            if window is not None:
                stretches.append(Stretch(unit_id, state.body.station_id, state.body.path, window))
    return stretches


def on_duty(changes: Sequence[duty.UnitDutyChanged], end: datetime) -> list[Window]:
    """When one unit's quorum was met, up to `end`."""
    course = sorted((change for change in changes if change.at < end), key=lambda change: change.at)
    windows: list[Window] = []
    for change, following in pairwise([*course, None]):
        assert change is not None
        till = min(change.until or end, end if following is None else following.at, end)
        if change.state is DutyState.ON and change.at < till:
            windows.append(Window(change.at, till))
    return windows
