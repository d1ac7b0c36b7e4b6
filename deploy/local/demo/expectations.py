"""What must be seen of a scenario from the outside when it is over: on the topics, over HTTP, in the figures."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from deploy.local.demo.accounts import OPERATOR
from deploy.local.demo.client import Api, Caller
from deploy.local.demo.phones import Phone
from deploy.local.demo.playing import Play
from deploy.local.demo.topic_watch import Seen

FIGURES_WITHIN_S = 30.0
MESSAGES_WITHIN_S = 20.0
_LOOK_EVERY_S = 0.3
_LEAVES = ("order-withdrawn", "order-completed")  # on the way, or at the scene already
T = TypeVar("T")
_ENDS = ("order-declined", "order-unanswered", "order-withdrawn", "order-completed")


async def check(play: Play, api: Api) -> None:
    """Add a row to `play.checks` for everything that the scenario expects."""
    await play.watch.up_to_now()
    _orders(play)
    _times(play)
    _end(play)
    await _timeline(play)
    await _messages(play)
    if play.scenario.expect.broadcast is not None:
        await _broadcast(play)
    if play.drill_id:
        _drill(play)
    await _figures(play, api.caller(OPERATOR))


def _orders(play: Play) -> None:
    expect = play.scenario.expect
    ordered = set(play.units("order-issued"))
    play.checks.equal("units ordered", set(expect.responders), ordered)
    play.checks.equal("units not fit or not needed are left alone", set(), ordered & set(expect.not_ordered))
    for unit_id, reason in expect.held_back.items():
        reasons = _reasons_against(play, unit_id)
        play.checks.holds(f"on record against {unit_id}", reason in reasons, reason, reasons)
    play.checks.equal("declined", set(expect.declined), set(play.units("order-declined")))
    play.checks.equal("unanswered", set(expect.unanswered), set(play.units("order-unanswered")))


def _reasons_against(play: Play, unit_id: str) -> set[str]:
    return {
        reason
        for event in play.watch.events(play.incident_id, "units-considered")
        for candidate in event.body["candidates"]
        if candidate["unit_id"] == unit_id and not candidate["chosen"]
        for reason in candidate["reasons"]
    }


def _times(play: Play) -> None:
    expect = play.scenario.expect
    bound = expect.acknowledged_within_s * play.factor
    play.checks.at_most("first acknowledgement by a unit", bound, _after(play, "order-acknowledged", "unit"))
    ordered = _after(play, "order-issued", "police")
    play.checks.at_most("the police are ordered at once", expect.police_ordered_within_s, ordered)
    attained = {e.body["stage"]: e.body["in_time"] for e in play.watch.events(play.incident_id, "stage-attained")}
    for stage in expect.stages_in_time:
        seen = {None: "not attained", True: "in time", False: "late"}[attained.get(stage)]
        play.checks.equal(f"stage {stage} of 1-3-5", "in time", seen)


def _after(play: Play, kind: str, assignee_kind: str) -> float | None:
    """Seconds from the report to the first such event; None when there was none."""
    reported = next(iter(play.watch.events(play.incident_id, "incident-reported")), None)
    events = play.watch.events(play.incident_id, kind)
    first = next((e for e in events if e.body["assignee_kind"] == assignee_kind), None)
    if reported is None or first is None:
        return None
    return (_at(first) - _at(reported)).total_seconds()


def _at(seen: Seen) -> datetime:
    return datetime.fromisoformat(seen.body["at"])


def _end(play: Play) -> None:
    events = play.watch.events(play.incident_id)
    kinds = [event.type for event in events]
    play.checks.equal("handed over, once", 1, kinds.count("handed-over"))
    play.checks.equal("cleared, once and last", (1, "incident-cleared"), (kinds.count("incident-cleared"), kinds[-1]))
    sightings = sum(step.sighting is not None for step in play.scenario.story)
    play.checks.equal("sightings", sightings, kinds.count("sighting-reported"))
    issued = [event.body["order_id"] for event in events if event.type == "order-issued"]
    ended = [event.body["order_id"] for event in events if event.type in _ENDS]
    play.checks.holds("every order ended exactly once", sorted(issued) == sorted(ended), len(issued), len(ended))
    play.checks.equal("every sequence number, none missing", len(events), events[-1].sequence)


async def _timeline(play: Play) -> None:
    officer = play.cast.officer
    incident = (await officer.get(f"/dispatch/v1/incidents/{play.incident_id}")).body
    play.checks.equal("HTTP: the incident is closed", "closed", incident["state"])
    on_topic = [event.sequence for event in play.watch.events(play.incident_id)]

    async def shown() -> list[int]:
        return [event["sequence"] async for event in officer.each(f"/dispatch/v1/incidents/{play.incident_id}/events")]

    seen = await _eventually(shown, lambda sequences: sequences == on_topic, MESSAGES_WITHIN_S)
    play.checks.equal("HTTP: the timeline has every event of the topic", len(on_topic), len(seen))


async def _messages(play: Play) -> None:
    expect, photo = play.scenario.expect, play.scenario.report.photo_url
    for unit_id in expect.photo_told:
        phones = play.cast.responders[unit_id].crew.phones

        told = await _told_of(phones, lambda m: _is_of(m, play.incident_id) and m["photo_url"] == photo)
        play.checks.equal(f"{unit_id}: everybody on duty has the photo", len(phones), told)
    recipients = _recipients(play)
    for unit_id in expect.not_told:
        told_by_mistake = {member for member in recipients if member.startswith(f"m{unit_id[1:]}-")}
        play.checks.equal(f"{unit_id}: nobody is paged", set(), told_by_mistake)
    found = [d async for d in play.cast.officer.each("/notify/v1/deliveries", incident=play.incident_id)]
    play.checks.at_least("HTTP: deliveries of the incident", 1, len(found))
    play.checks.equal("HTTP: people whom no channel reached", 0, sum(delivery["gaps"] for delivery in found))


async def _told_of(phones: Sequence[Phone], is_it: Callable[[dict[str, Any]], bool]) -> int:
    """How many of these phones have such a message, once all have or waiting is pointless."""

    async def count() -> int:
        inboxes = await asyncio.gather(*(phone.inbox() for phone in phones))
        return sum(any(map(is_it, inbox)) for inbox in inboxes)

    return await _eventually(count, lambda told: told == len(phones), MESSAGES_WITHIN_S)


def _is_of(message: dict[str, Any], incident_id: str) -> bool:
    return message["incident_id"] == incident_id


def _recipients(play: Play, *purposes: str) -> set[str]:
    """Everybody to whom messages of these purposes were planned (or of any)."""
    return {
        recipient["member_id"]
        for seen in play.watch.deliveries(play.incident_id)
        if seen.type == "delivery-planned" and (not purposes or seen.body["purpose"] in purposes)
        for recipient in seen.body["recipients"]
    }


async def _broadcast(play: Play) -> None:
    broadcast = play.scenario.expect.broadcast
    assert broadcast is not None
    crews = [play.cast.responders[unit_id].crew for unit_id in broadcast.units]
    on_duty = {phone.person.member_id for crew in crews for phone in crew.phones}

    async def told() -> tuple[set[str], set[str]]:
        return _recipients(play, "broadcast"), _recipients(play, "recall")

    searched, recalled = await _eventually(told, lambda both: both[0] <= both[1] != set(), MESSAGES_WITHIN_S)
    play.checks.equal("the search reaches everybody on duty in the district", set(), on_duty - searched)
    if broadcast.city_police:
        officers = {member for member in searched if member.startswith("o-")}
        play.checks.equal("the search reaches the city's police", play.cast.officers, len(officers))
    play.checks.equal("the search is recalled everywhere", set(), searched - recalled)
    leads = [crew.lead for crew in crews]
    seen = await _told_of(leads, lambda m: _is_of(m, play.incident_id) and m["purpose"] == "recall")
    play.checks.equal("HTTP: the recall is in the inboxes", len(leads), seen)


def _drill(play: Play) -> None:
    assert play.scenario.drill_before is not None
    unit_id = play.scenario.drill_before.unit
    events = play.watch.events(play.drill_id)
    play.checks.equal(
        "every event of the drill carries its mark", {True}, {e.drill and e.body["drill"] for e in events}
    )
    ends = [e.body["reason"] for e in events if e.type in _LEAVES and e.body["assignee_id"] == unit_id]
    play.checks.equal(f"the real incident takes {unit_id} out of the drill", ["assigned-elsewhere"], ends)
    planned = [seen for seen in play.watch.deliveries(play.drill_id) if seen.type == "delivery-planned"]
    unmarked = [seen for seen in planned if "演练" not in seen.body["text"]]
    play.checks.holds("messages of the drill are marked", bool(planned) and not unmarked, "all", f"{len(unmarked)} not")


async def _figures(play: Play, operator: Caller) -> None:
    """The reporting station's figures since the scenario began: this incident, and drills apart."""
    kind = play.scenario.report.incident_class.value
    acknowledged = len(play.watch.events(play.incident_id, "order-acknowledged"))

    async def figures(*, drill: bool) -> dict[str, Any]:
        answer = await operator.get(
            "/analytics/v1/figures",
            station=play.cast.station_id,
            from_=play.began.isoformat(),
            to=(play.began + timedelta(hours=2)).isoformat(),
            drill=drill,
        )
        return answer.body["rows"][0]["figures"]

    stages = {e.body["stage"] for e in play.watch.events(play.incident_id, "stage-attained", "stage-missed")}

    def has_all(real: dict[str, Any]) -> bool:
        return (
            real["incidents"].get(kind) == 1
            and real["acknowledged"]["done"] == acknowledged
            and {stage["stage"] for stage in real["stages"]} == stages
        )

    real = await _eventually(lambda: figures(drill=False), has_all, FIGURES_WITHIN_S)
    play.checks.equal("figures: incidents of this class", 1, real["incidents"].get(kind, 0))
    play.checks.equal("figures: orders acknowledged", acknowledged, real["acknowledged"]["done"])
    in_time = [stage["stage"] for stage in real["stages"] if stage["in_time"] == 1]
    play.checks.equal("figures: stages in time", list(play.scenario.expect.stages_in_time), in_time)
    drills = {kind: 1} if play.drill_id else {}
    exercises = await _eventually(
        lambda: figures(drill=True), lambda seen: seen["incidents"] == drills, FIGURES_WITHIN_S
    )
    play.checks.equal("figures: drills apart", drills, exercises["incidents"])


async def _eventually(look: Callable[[], Awaitable[T]], is_it: Callable[[T], bool], within_s: float) -> T:
    """What is seen as soon as it is what was meant, else what is seen when `within_s` seconds have passed."""
    until = time.monotonic() + within_s
    while True:
        seen = await look()
        if is_it(seen) or time.monotonic() >= until:
            return seen
        await asyncio.sleep(_LOOK_EVERY_S)
