"""What every history must do."""

from datetime import datetime

import pytest

from services.analytics.application.ports import By, History, Question, Station
from services.analytics.domain.figures import Attainment, Coverage, Figures, Reach, Responses, Spread
from services.analytics.domain.window import Window
from shared.contracts import delivery, duty, incident, registry
from shared.contracts.topics import DELIVERIES, DUTY, INCIDENTS, STATIONS, UNITS
from tests.conformance.analytics.happenings import CITY, DISTRICT, OTHER_STATION, STATION, Writer, after, keep

DAY_S = 86_400
HOUR_S = 3600


async def figures(
    history: History, writer: Writer, *, path: str = CITY, until_s: float = DAY_S, drill: bool = False
) -> Figures:
    """All that was written, kept and asked for without a key."""
    await keep(history, writer.written)
    found = await history.measure(Question(path, Window(after(0), after(until_s)), "none", drill))
    return found.get("", Figures())


async def keys(history: History, writer: Writer, by: By, until_s: float = DAY_S) -> dict[str, Figures]:
    await keep(history, writer.written)
    return dict(await history.measure(Question(CITY, Window(after(0), after(until_s)), by, False)))


# What is kept


async def test_an_empty_history_has_nothing(history: History) -> None:
    assert await history.kept(DUTY) == {}
    assert await history.stations() == {}
    assert await history.measure(Question(CITY, Window(after(0), after(1)), "none", False)) == {}


async def test_preparing_again_is_harmless(history: History) -> None:
    writer = Writer()
    await keep(history, [writer.write(incident.IncidentReported)])
    await history.prepare()
    assert await history.kept(INCIDENTS) == {0: 0}


async def test_every_message_of_its_topics_can_be_kept_and_the_offsets_are_known(history: History) -> None:
    writer = Writer()
    for topic in (STATIONS, UNITS, DUTY, INCIDENTS, DELIVERIES):
        for message in topic.messages:
            writer.write(message)
    await keep(history, writer.written)
    for topic in (STATIONS, UNITS, DUTY, INCIDENTS, DELIVERIES):
        assert await history.kept(topic) == {0: len(topic.messages) - 1}


async def test_a_batch_kept_again_counts_once(history: History) -> None:
    writer = Writer()
    writer.write(incident.IncidentReported)
    await keep(history, writer.written)
    await keep(history, writer.written)
    assert (await figures(history, writer)).incidents == {"self-harm": 1}


async def test_an_event_repeated_by_its_producer_counts_once_and_its_last_offset_is_known(history: History) -> None:
    writer = Writer()
    order = {"incident_id": "i", "order_id": "o"}
    events = [
        writer.write(incident.IncidentReported, incident_id="i"),
        writer.write(incident.OrderIssued, **order),
        writer.write(incident.OrderAcknowledged, **order, after_s=4.0),
        writer.write(incident.IncidentCancelled, incident_id="i"),
    ]
    for event in events:
        writer.repeat(event)
    found = await figures(history, writer)
    assert found.incidents == {"self-harm": 1}
    assert found.cancelled == 1
    assert found.acknowledged == Responses(1, 1, 0, 0, Spread(4.0, 4.0, 4.0))
    assert await history.kept(INCIDENTS) == {0: 7}


async def test_the_newest_state_of_a_station_is_known_until_it_is_deleted(history: History) -> None:
    writer = Writer()
    writer.write(registry.Station, station_id="a", name="旧名", path=STATION)
    writer.write(registry.Station, station_id="a", name="新名", path=OTHER_STATION)
    writer.write(registry.Station, station_id="b", path=STATION)
    writer.delete(STATIONS, "b", after(9))
    await keep(history, writer.written)
    assert await history.stations() == {"a": Station("a", "新名", OTHER_STATION)}


# Which incidents count


@pytest.mark.parametrize(
    ("path", "at_s", "counted"),
    [
        (STATION, 0, True),
        (STATION, DAY_S - 0.000001, True),
        (STATION, DAY_S, False),
        (STATION, -0.000001, False),
        (DISTRICT, 0, True),
        (OTHER_STATION, 0, False),
        (DISTRICT + "1", 0, False),
    ],
)
async def test_incidents_count_where_and_when_they_were_reported(
    history: History, path: str, at_s: float, counted: bool
) -> None:
    writer = Writer()
    writer.write(incident.IncidentReported, after(at_s), path=path)
    found = await figures(history, writer, path=DISTRICT)
    assert sum(found.incidents.values()) == int(counted)


async def test_drills_and_real_incidents_are_never_mixed(history: History) -> None:
    writer = Writer()
    for number, drill in enumerate((True, True, False)):
        named = {"incident_id": f"i{number}", "drill": drill}
        writer.write(incident.IncidentReported, **named)
        writer.write(incident.StageAttained, **named, stage=1, in_time=True)
        writer.write(delivery.DeliveryPlanned, delivery_id=f"d{number}", drill=drill)
    real, drills = await figures(history, writer), await figures(history, writer, drill=True)
    assert (real.incidents, drills.incidents) == ({"self-harm": 1}, {"self-harm": 2})
    assert (real.stages[0].due, drills.stages[0].due) == (1, 2)
    assert (real.reach.recipients, drills.reach.recipients) == (1, 2)
    assert drills.coverage is None


async def test_incidents_are_counted_by_class_day_and_station(history: History) -> None:
    writer = Writer()
    writer.write(incident.IncidentReported, incident_id="a", incident_class="rescue", station_id="s1")
    writer.write(incident.IncidentReported, after(DAY_S - 1), incident_id="b", station_id="s2")
    writer.write(incident.IncidentReported, after(DAY_S), incident_id="c", station_id="s2")
    by_class = await keys(history, writer, "class", 2 * DAY_S)
    assert {key: f.incidents for key, f in by_class.items()} == {"rescue": {"rescue": 1}, "self-harm": {"self-harm": 2}}
    by_station = await keys(history, writer, "station", 2 * DAY_S)
    assert {key: sum(f.incidents.values()) for key, f in by_station.items()} == {"s1": 1, "s2": 2}
    by_day = await keys(history, writer, "day", 2 * DAY_S)
    assert {key: sum(f.incidents.values()) for key, f in by_day.items()} == {"2026-03-02": 2, "2026-03-03": 1}


# What became of them


async def test_who_never_came_is_counted_apart_from_how_long_the_others_took(history: History) -> None:
    writer = Writer()
    writer.write(incident.IncidentReported, incident_id="i")
    for order in ("came", "declined", "silent", "stood-down", "coming"):
        writer.write(incident.OrderIssued, incident_id="i", order_id=order)
    for order in ("came", "coming"):
        writer.write(
            incident.OrderAcknowledged, incident_id="i", order_id=order, after_s=10.0 if order == "came" else 12.0
        )
    writer.write(incident.AssigneeArrived, incident_id="i", order_id="came", after_s=150.0, order_after_s=140.0)
    writer.write(incident.OrderDeclined, incident_id="i", order_id="declined")
    writer.write(incident.OrderUnanswered, incident_id="i", order_id="silent")
    writer.write(incident.OrderWithdrawn, incident_id="i", order_id="stood-down")
    found = await figures(history, writer)
    assert found.acknowledged == Responses(5, 2, 2, 1, Spread(12.0, 12.0, 12.0))
    assert found.arrived == Responses(5, 1, 2, 1, Spread(140.0, 140.0, 140.0))
    assert (found.acknowledged.open, found.arrived.open) == (0, 1)
    assert found.first_arrived == Responses(1, 1, 0, 0, Spread(150.0, 150.0, 150.0))


async def test_an_incident_over_before_anybody_came_counts_as_never(history: History) -> None:
    writer = Writer()
    for name in ("over", "cancelled", "open"):
        writer.write(incident.IncidentReported, incident_id=name)
    writer.write(incident.IncidentCleared, incident_id="over")
    writer.write(incident.IncidentCancelled, incident_id="cancelled")
    found = await figures(history, writer)
    assert found.first_arrived == Responses(3, 0, 1, 1, Spread())
    assert found.first_arrived.open == 1


async def test_percentiles_are_taken_of_all_durations(history: History) -> None:
    writer = Writer()
    writer.write(incident.IncidentReported, incident_id="i")
    for number in range(200):
        order = {"incident_id": "i", "order_id": f"o{number}"}
        writer.write(incident.OrderIssued, **order)
        writer.write(incident.OrderAcknowledged, **order, after_s=float((number * 7) % 200))
    assert (await figures(history, writer)).acknowledged.spread == Spread(100.0, 180.0, 198.0)


async def test_a_stage_is_attained_in_time_or_late_or_missed_once_an_incident(history: History) -> None:
    writer = Writer()
    courses = {"in-time": (True, None), "late": (False, 3), "missed": (None, 3), "not-due": (None, None)}
    for name, (in_time, missed) in courses.items():
        writer.write(incident.IncidentReported, incident_id=name)
        if missed is not None:
            writer.write(incident.StageMissed, incident_id=name, stage=missed)
        if in_time is not None:
            writer.write(incident.StageAttained, incident_id=name, stage=3, in_time=in_time)
    writer.write(incident.StageAttained, incident_id="in-time", stage=1, in_time=True)
    found = await figures(history, writer)
    assert found.stages == (Attainment(1, 1, 1, 0), Attainment(3, 3, 1, 1))
    assert found.stages[1].missed == 1


async def test_each_person_counts_once_a_message(history: History) -> None:
    writer = Writer()
    people = [{"member_id": f"m{number}", "channels": ()} for number in range(5)]
    writer.write(delivery.DeliveryPlanned, delivery_id="d", recipients=people)
    attempt = {"delivery_id": "d", "channel": "sms"}
    results = [{"member_id": "m0", "outcome": "accepted"}, {"member_id": "m1", "outcome": "failed"}]
    writer.write(delivery.AttemptEnded, **attempt, results=results)
    writer.write(delivery.AttemptEnded, **attempt, results=results)
    writer.write(delivery.RecipientUnreachable, delivery_id="d", member_id="m1")
    writer.write(delivery.DeliveryAcknowledged, delivery_id="d", member_id="m2")
    writer.write(delivery.DeliveryExpired, delivery_id="d", unreached_ids=("m0", "m3"))
    assert (await figures(history, writer)).reach == Reach(recipients=5, reached=2, acknowledged=1, failed=2)


async def test_messages_of_no_incident_belong_to_no_class(history: History) -> None:
    writer = Writer()
    writer.write(incident.IncidentReported, incident_id="i")
    writer.write(delivery.DeliveryPlanned, delivery_id="of-it", incident_id="i")
    writer.write(delivery.DeliveryPlanned, delivery_id="of-none", incident_id=None)
    assert (await figures(history, writer)).reach.recipients == 2
    by_class = await keys(history, writer, "class")
    assert {key: found.reach.recipients for key, found in by_class.items()} == {"self-harm": 1}


# Coverage: the window is one day, from midnight


def _registered(writer: Writer, at_s: float = -DAY_S, **values: object) -> None:
    writer.write(registry.Unit, after(at_s), **{"unit_id": "u", "path": STATION, **values})


def _duty(writer: Writer, at_s: float, state: str, until_s: float | None = None) -> None:
    until: datetime | None = None if until_s is None else after(until_s)
    writer.write(duty.UnitDutyChanged, after(at_s), unit_id="u", state=state, until=until)


COVERED = {
    "never on duty": ([], 0),
    "a lease inside the window": ([(HOUR_S, "on", 3 * HOUR_S)], 2 * HOUR_S),
    "off before the lease ends": ([(HOUR_S, "on", 5 * HOUR_S), (2 * HOUR_S, "off", None)], HOUR_S),
    "a lease that ended before its event came": ([(0, "on", HOUR_S), (9 * HOUR_S, "off", None)], HOUR_S),
    "too few is not on duty": ([(0, "short", 8 * HOUR_S), (HOUR_S, "on", 3 * HOUR_S)], 2 * HOUR_S),
    "on since before the window": ([(-HOUR_S, "on", 2 * HOUR_S)], 2 * HOUR_S),
    "off since before the window": ([(-2 * HOUR_S, "on", 2 * HOUR_S), (-HOUR_S, "off", None)], 0),
    "on beyond the window": ([(23 * HOUR_S, "on", 30 * HOUR_S)], HOUR_S),
    "renewed": ([(0, "on", 2 * HOUR_S), (HOUR_S, "on", 3 * HOUR_S)], 3 * HOUR_S),
    "on without an end": ([(20 * HOUR_S, "on", None)], 4 * HOUR_S),
    "after the window": ([(DAY_S, "on", 2 * DAY_S)], 0),
}


@pytest.mark.parametrize("course", COVERED)
async def test_duty_is_covered_within_the_window(history: History, course: str) -> None:
    changes, on_duty_s = COVERED[course]
    writer = Writer()
    _registered(writer)
    for change in changes:
        _duty(writer, *change)
    assert (await figures(history, writer)).coverage == Coverage(on_duty_s, DAY_S)


async def test_a_repeated_duty_event_covers_nothing_twice(history: History) -> None:
    writer = Writer()
    _registered(writer)
    _duty(writer, HOUR_S, "on", 3 * HOUR_S)
    for happening in tuple(writer.written):
        writer.repeat(happening)
    assert (await figures(history, writer)).coverage == Coverage(2 * HOUR_S, DAY_S)


async def test_only_registered_time_is_asked_of_a_unit(history: History) -> None:
    writer = Writer()
    _registered(writer, 6 * HOUR_S)
    _registered(writer, 12 * HOUR_S, suspended=True)
    _registered(writer, 18 * HOUR_S)
    writer.delete(UNITS, "u", after(20 * HOUR_S))
    _duty(writer, 7 * HOUR_S, "on", 19 * HOUR_S)
    assert (await figures(history, writer)).coverage == Coverage(6 * HOUR_S, 8 * HOUR_S)


async def test_a_unit_was_there_at_its_first_duty_though_the_compacted_registry_is_younger(history: History) -> None:
    writer = Writer()
    _registered(writer, 12 * HOUR_S)
    writer.write(duty.MemberCheckedIn, after(6 * HOUR_S), unit_id="u")
    assert (await figures(history, writer)).coverage == Coverage(0, 18 * HOUR_S)


async def test_coverage_is_told_by_day_and_by_station_but_not_by_class(history: History) -> None:
    writer = Writer()
    _registered(writer, station_id="s")
    _duty(writer, 23 * HOUR_S, "on", 26 * HOUR_S)
    by_day = await keys(history, writer, "day", 2 * DAY_S)
    assert {key: found.coverage for key, found in by_day.items()} == {
        "2026-03-02": Coverage(HOUR_S, DAY_S),
        "2026-03-03": Coverage(2 * HOUR_S, DAY_S),
    }
    by_station = await keys(history, writer, "station", 2 * DAY_S)
    assert {key: found.coverage for key, found in by_station.items()} == {"s": Coverage(3 * HOUR_S, 2 * DAY_S)}
    assert await keys(history, writer, "class", 2 * DAY_S) == {}


async def test_units_of_other_subtrees_are_not_covered(history: History) -> None:
    writer = Writer()
    _registered(writer, path=OTHER_STATION)
    assert (await figures(history, writer, path=DISTRICT)).coverage in (None, Coverage())
