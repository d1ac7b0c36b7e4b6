"""The history as a list: what every other history must agree with."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TypeVar

from services.analytics.application.audit_trail import Position, Wanted, position_of
from services.analytics.application.ports import Happening, Question, Station, UnitQuestion
from services.analytics.domain.figures import Coverage, Figures
from services.analytics.domain.unit_history import DutyEntry, OrderEntry
from shared.contracts import delivery, duty, incident, registry
from shared.contracts.audit import ActionRecorded
from shared.contracts.base import Message
from shared.contracts.topics import AUDIT, DUTY, INCIDENTS, STATIONS, UNITS, Topic
from shared.vocabulary.organisation import within
from tests.conformance.analytics.plain_coverage import on_duty, registered
from tests.conformance.analytics.plain_figures import figures_of
from tests.conformance.analytics.plain_unit_history import duty_entries, order_entries, the_last

M = TypeVar("M", bound=Message)


class PlainHistory:
    """Implements `History` in memory."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._kept: dict[tuple[str, str], Happening] = {}

    async def prepare(self) -> None:
        """Nothing to prepare."""

    async def keep(self, topic: Topic, happenings: Sequence[Happening]) -> None:
        for happening in happenings:
            known = self._kept.get((topic.name, happening.event_id))
            if known is None or known.offset < happening.offset:
                self._kept[topic.name, happening.event_id] = happening

    async def kept(self, topic: Topic) -> Mapping[int, int]:
        highest: dict[int, int] = {}
        for happening in self._of(topic):
            highest[happening.partition] = max(highest.get(happening.partition, -1), happening.offset)
        return highest

    async def stations(self) -> Mapping[str, Station]:
        found: dict[str, Station] = {}
        for happening in self._of(STATIONS):
            found.pop(happening.subject, None)
            if isinstance(happening.body, registry.Station):
                found[happening.subject] = Station(happening.subject, happening.body.name, happening.body.path)
        return found

    async def measure(self, question: Question) -> Mapping[str, Figures]:
        everything = [happening.body for happening in self._kept.values() if happening.body is not None]
        reported = _all(incident.IncidentReported, everything)
        classes = {event.incident_id: event.incident_class.value for event in reported}
        incidents: dict[str, list[incident.IncidentReported]] = defaultdict(list)
        for event in filter(lambda e: _is_asked(e, question), reported):
            incidents[self._key(event, event.at, event.incident_class.value, question)].append(event)
        deliveries: dict[str, list[delivery.DeliveryPlanned]] = defaultdict(list)
        for event in filter(lambda e: _is_asked(e, question), _all(delivery.DeliveryPlanned, everything)):
            incident_class = classes.get(event.incident_id or "", "")
            if question.by != "class" or incident_class:
                deliveries[self._key(event, event.at, incident_class, question)].append(event)
        coverage = self._coverage(question, _all(duty.UnitDutyChanged, everything), everything)
        return {
            key: figures_of(incidents[key], deliveries[key], everything, coverage.get(key))
            for key in {*incidents, *deliveries, *coverage}
        }

    async def unit_path(self, unit_id: str) -> str | None:
        states = [happening.body for happening in self._of(UNITS) if happening.subject == unit_id]
        return states[-1].path if states and isinstance(states[-1], registry.Unit) else None

    async def unit_duty(self, question: UnitQuestion) -> Sequence[DutyEntry]:
        return the_last(duty_entries(self._of(DUTY), question.unit_id), question)

    async def unit_orders(self, question: UnitQuestion) -> Sequence[OrderEntry]:
        return the_last(order_entries(self._of(INCIDENTS), question.unit_id), question)

    async def count(self, wanted: Wanted, up_to: int) -> int:
        return len(await self.actions(wanted, None, up_to))

    async def actions(self, wanted: Wanted, before: Position | None, limit: int) -> Sequence[ActionRecorded]:
        def is_wanted(record: ActionRecorded) -> bool:
            is_seen = wanted.of_nobody_placed if record.path is None else within(record.path, wanted.path)
            return (
                is_seen
                and record.at in wanted.window
                and wanted.actor_id in (None, record.actor_id)
                and wanted.action in (None, record.action)
                and (record.refused is not None or not wanted.only_refused)
                and (before is None or _in_time(position_of(record)) < _in_time(before))
            )

        records = _all(ActionRecorded, [h.body for h in self._of(AUDIT) if h.body is not None])
        newest_first = sorted(records, key=lambda record: _in_time(position_of(record)), reverse=True)
        return list(filter(is_wanted, newest_first))[:limit]

    async def ping(self) -> None:
        """Always there."""

    async def close(self) -> None:
        """Nothing is held."""

    def _of(self, topic: Topic) -> list[Happening]:
        return sorted((h for (name, _), h in self._kept.items() if name == topic.name), key=lambda h: h.offset)

    def _key(
        self,
        event: incident.IncidentReported | delivery.DeliveryPlanned,
        at: datetime,
        incident_class: str,
        question: Question,
    ) -> str:
        day = at.astimezone(self._zone).date().isoformat()
        return {"none": "", "day": day, "class": incident_class, "station": event.station_id}[question.by]

    def _coverage(
        self, question: Question, changes: Sequence[duty.UnitDutyChanged], everything: Sequence[Message]
    ) -> Mapping[str, Coverage]:
        if question.drill or question.by == "class":
            return {}
        seen: dict[str, datetime] = {}
        for event in everything:
            if isinstance(event, duty.UnitDutyChanged | duty.MemberCheckedIn | duty.MemberCheckedOut):
                seen[event.unit_id] = min(seen.get(event.unit_id, event.at), event.at)
        seconds: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for stretch in registered(self._of(UNITS), seen, question.window):
            if not within(stretch.path, question.path):
                continue
            on = on_duty([change for change in changes if change.unit_id == stretch.unit_id], question.window.end)
            for day, part in stretch.window.days(self._zone):
                key = {"none": "", "day": day.isoformat(), "station": stretch.station_id}[question.by]
                overlaps = [overlap for window in on if (overlap := part.overlap(window)) is not None]
                seconds[key][0] += sum(overlap.seconds for overlap in overlaps)
                seconds[key][1] += part.seconds
        return {key: Coverage(on_duty_s, registered_s) for key, (on_duty_s, registered_s) in seconds.items()}


def _in_time(position: Position) -> tuple[datetime, str, int]:
    return position.at, position.chain_id, position.number


def _all(kind: type[M], everything: Sequence[Message]) -> list[M]:
    return [event for event in everything if isinstance(event, kind)]


def _is_asked(event: incident.IncidentReported | delivery.DeliveryPlanned, question: Question) -> bool:
    return event.at in question.window and event.drill == question.drill and within(event.path, question.path)
