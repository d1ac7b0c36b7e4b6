"""Planning: an incident's event becomes deliveries, and withdrawals of those it makes pointless."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from services.notify.application.audiences import People, Person
from services.notify.application.briefs import Briefs
from services.notify.application.lane_commands import LaneCommand, LaneCommands
from services.notify.application.notices import LASTS, ORDER, Notice, Step, Withdrawal, steps_for, urgent_lane
from shared.contracts.delivery import PlanDelivery, Recipient, WithdrawDelivery
from shared.ports import Clock
from shared.vocabulary.ids import derived_id
from shared.vocabulary.terms import Lane

COHORT_MAX = 500
COHORT_BYTES_MAX = 400_000  # a record holds 1 MB, and addresses may be long
LANGUAGES = ("zh-CN", "en")
# What is older is history, not news: a planner that begins at the start of the log tells nobody about last year.
OLDEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery that was planned for an incident."""

    delivery_id: str
    lane: Lane
    purpose: str
    order_id: str | None


class PlannedDeliveries(Protocol):
    """What was planned for each incident."""

    async def add(self, incident_id: str, planned: Sequence[Planned]) -> None:
        """Remember before the commands are published. Twice is as good as once."""
        ...

    async def of(self, incident_id: str) -> Collection[Planned]:
        """Everything planned for an incident in the last 30 days."""
        ...


class Texts(Protocol):
    """The words of each notice."""

    def render(self, template: str, language: str, *, drill: bool, values: Mapping[str, Any]) -> str:
        """The text in that language, marked as a drill's when it is one. `values` includes `number`."""
        ...


class Planner:
    """Plans for some lanes; another worker may do the others."""

    def __init__(
        self,
        lanes: Collection[Lane],
        *,
        briefs: Briefs,
        people: People,
        planned: PlannedDeliveries,
        texts: Texts,
        commands: LaneCommands,
        clock: Clock,
    ) -> None:
        self._lanes = lanes
        self._briefs = briefs
        self._people = people
        self._planned = planned
        self._texts = texts
        self._commands = commands
        self._clock = clock

    async def on_incident_event(self, event: Any, event_id: str, correlation_id: str) -> None:
        """Plan and withdraw what this event asks for. Repeated, it changes nothing: ids are derived."""
        if event.at < self._clock.now() - OLDEST:
            return
        brief = await self._briefs.find(event.incident_id)
        for step in steps_for(event, event_id, brief):
            await self._take(step, event, event_id, correlation_id)

    async def _take(self, step: Step, event: Any, event_id: str, correlation_id: str) -> None:
        if isinstance(step, Withdrawal):
            await self._withdraw(step, event, event_id, correlation_id)
        elif step.lane in self._lanes:
            await self._plan(step, event, correlation_id)

    async def _plan(self, notice: Notice, event: Any, correlation_id: str) -> None:
        deliveries = [
            self._delivery(notice, event, language, number, cohort)
            for language, people in _by_language(await self._find(notice)).items()
            for number, cohort in enumerate(_cohorts(people))
        ]
        planned = [Planned(d.delivery_id, d.lane, d.purpose, d.order_id) for d in deliveries]
        await self._planned.add(event.incident_id, planned)
        await self._commands.submit(
            [LaneCommand(d.lane, derived_id("plan", d.delivery_id), correlation_id, d, d.drill) for d in deliveries]
        )

    async def _find(self, notice: Notice) -> list[Person]:
        now = self._clock.now()
        found: dict[str, Person] = {}
        for audience in notice.audiences:
            for person in await self._people.find(audience, now):
                found.setdefault(person.recipient.member_id, person)
        return list(found.values())

    def _delivery(
        self, notice: Notice, event: Any, language: str, number: int, recipients: tuple[Recipient, ...]
    ) -> PlanDelivery:
        values = {**notice.values, "number": notice.short_number}
        return PlanDelivery(
            delivery_id=_delivery_id(notice.subject, notice.purpose, language, number),
            lane=notice.lane,
            purpose=notice.purpose,
            incident_id=event.incident_id,
            order_id=notice.order_id,
            station_id=event.station_id,
            path=event.path,
            drill=event.drill,
            short_number=notice.short_number,
            recipients=recipients,
            text=self._texts.render(notice.template, language, drill=event.drill, values=values),
            photo_url=notice.photo_url,
            actions=notice.actions,
            expires_at=event.at + LASTS[notice.purpose],
        )

    async def _withdraw(self, withdrawal: Withdrawal, event: Any, event_id: str, correlation_id: str) -> None:
        known = await self._planned.of(event.incident_id)
        planned = [p for p in known if p.purpose in withdrawal.purposes and withdrawal.order_id in (None, p.order_id)]
        if withdrawal.order_id is not None and not planned:
            planned = _by_derivation(withdrawal.order_id, urgent_lane(event.drill))
        commands = [
            LaneCommand(
                p.lane,
                derived_id("withdraw", p.delivery_id, event_id),
                correlation_id,
                WithdrawDelivery(delivery_id=p.delivery_id, reason=withdrawal.reason),
                event.drill,
            )
            for p in planned
            if p.lane in self._lanes
        ]
        await self._commands.submit(commands)


def _delivery_id(subject: str, purpose: str, language: str, number: int) -> str:
    return derived_id("delivery", subject, purpose, language, number)


def _by_derivation(order_id: str, lane: Lane) -> list[Planned]:
    """What an order's notice must have been: known even in the moment after Redis has lost everything."""
    ids = [_delivery_id(order_id, ORDER, language, 0) for language in LANGUAGES]
    return [Planned(delivery_id, lane, ORDER, order_id) for delivery_id in ids]


def _by_language(people: Sequence[Person]) -> dict[str, list[Recipient]]:
    """Recipients by language; with nobody to tell, one empty group, so that the gap shows."""
    groups: dict[str, list[Recipient]] = {}
    for person in people:
        groups.setdefault(person.language, []).append(person.recipient)
    return groups or {LANGUAGES[0]: []}


def _cohorts(recipients: Sequence[Recipient]) -> Iterator[tuple[Recipient, ...]]:
    """Groups of at most 500 people that also fit into a record. Nobody at all is one empty cohort."""
    cohort: list[Recipient] = []
    size = 0
    for recipient in recipients:
        weight = 100 + sum(len(channel.address.encode()) + 40 for channel in recipient.channels)
        if cohort and (len(cohort) == COHORT_MAX or size + weight > COHORT_BYTES_MAX):
            yield tuple(cohort)
            cohort, size = [], 0
        cohort.append(recipient)
        size += weight
    yield tuple(cohort)
