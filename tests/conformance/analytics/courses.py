"""Made-up courses of events in a small city, with times and ids that collide often."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from services.analytics.application.ports import By, Question
from services.analytics.domain.window import Window
from shared.contracts import delivery, duty, incident, registry
from shared.contracts.base import Message
from tests.conformance.analytics.happenings import Writer, after

DAYS = 3
SECONDS = st.integers(-6 * 3600, DAYS * 24 * 3600).map(lambda s: s - s % 1800) | st.integers(0, DAYS * 24 * 3600)
DURATIONS = st.floats(0, 900, allow_nan=False) | st.integers(0, 30).map(float)
FEW = st.integers(0, 2)
RARELY = st.sampled_from([False, False, False, True])
BEGINNINGS: dict[type[Message], str] = {
    incident.IncidentReported: "incident_id",
    incident.OrderIssued: "order_id",
    delivery.DeliveryPlanned: "delivery_id",
}
"""What happens once to each id."""


@dataclass(frozen=True)
class Course:
    """What was written, and a question about it."""

    writer: Writer
    question: Question


@st.composite
def courses(draw: DrawFn, city: Callable[[], str]) -> Course:
    """A course in a city of its own, so that one history can hold many."""
    name = city()
    writer = Writer()
    stations = [(f"{name}-s{n}", f"/{name}/44010{n % 2}/44010{n % 2}00{n}") for n in range(3)]
    begun: set[str] = set()
    for message, at_s, values in sorted(
        draw(st.lists(st.one_of(_kinds(name)), min_size=10, max_size=60)), key=lambda item: item[1]
    ):
        if "order_id" in values:
            values["order_id"] = f"{values['incident_id']}-{values['order_id']}"
        if message in BEGINNINGS:
            subject = values[BEGINNINGS[message]]
            if subject in begun:
                continue
            begun.add(subject)
        station_id, path = stations[draw(FEW)]
        placed = {"station_id": station_id, "path": path} if "path" in message.model_fields else {}
        written = writer.write(message, after(at_s), **placed, **values)
        if draw(st.integers(0, 9)) == 0:
            writer.repeat(written)
    return Course(writer, draw(_questions(f"/{name}", stations[1][1])))


@st.composite
def _questions(draw: DrawFn, city: str, station: str) -> Question:
    """Mostly wide ones: those that nothing falls into prove little."""
    start = draw(st.just(after(-6 * 3600)) | SECONDS.map(after))
    end = draw(st.just(after(DAYS * 24 * 3600 + 1)) | SECONDS.map(after))
    path = draw(st.sampled_from([city, city, city, f"{city}/440100", station]))
    by: By = draw(st.sampled_from(["none", "day", "class", "station"]))
    return Question(path, Window(start, max(start, end)), by, draw(RARELY))


def _kinds(name: str) -> list[SearchStrategy[tuple[type[Message], int, dict[str, Any]]]]:
    units = {"unit_id": FEW.map(lambda n: f"{name}-u{n}")}
    incidents = {"incident_id": FEW.map(lambda n: f"{name}-i{n}"), "drill": RARELY}
    orders = {**incidents, "order_id": FEW.map(str), "stage": FEW}
    deliveries = {"delivery_id": FEW.map(lambda n: f"{name}-d{n}"), "drill": RARELY}
    people = st.sets(FEW.map(lambda n: f"m{n}"), max_size=3).map(sorted)
    outcomes = st.sampled_from(["accepted", "failed", "unknown"])
    results = st.lists(
        st.fixed_dictionaries({"member_id": FEW.map(lambda n: f"m{n}"), "outcome": outcomes}), max_size=3
    )
    classes = {"incident_class": st.sampled_from(["rescue", "self-harm"])}
    kinds: list[tuple[type[Message], dict[str, SearchStrategy[Any]]]] = [
        (registry.Unit, {**units, "suspended": st.booleans()}),
        (duty.UnitDutyChanged, {**units, "state": st.sampled_from(["on", "short", "off"]), "until": _untils()}),
        (duty.MemberCheckedIn, units),
        (incident.IncidentReported, {**incidents, **classes}),
        (incident.OrderIssued, orders),
        (incident.OrderAcknowledged, {**orders, "after_s": DURATIONS}),
        (incident.OrderDeclined, orders),
        (incident.OrderUnanswered, orders),
        (incident.OrderWithdrawn, orders),
        (incident.AssigneeArrived, {**orders, "after_s": DURATIONS, "order_after_s": DURATIONS}),
        (incident.StageAttained, {**incidents, "stage": FEW, "in_time": st.booleans()}),
        (incident.StageMissed, {**incidents, "stage": FEW}),
        (incident.IncidentCleared, incidents),
        (incident.IncidentCancelled, incidents),
        (
            delivery.DeliveryPlanned,
            {**deliveries, "incident_id": incidents["incident_id"], "recipients": people.map(_to)},
        ),
        (delivery.AttemptEnded, {**deliveries, "results": results}),
        (delivery.DeliveryAcknowledged, {**deliveries, "member_id": FEW.map(lambda n: f"m{n}")}),
        (delivery.RecipientUnreachable, {**deliveries, "member_id": FEW.map(lambda n: f"m{n}")}),
        (delivery.DeliveryExpired, {**deliveries, "unreached_ids": people}),
    ]
    weighted = [kind for kind in kinds for _ in range(4 if kind[0] in {*BEGINNINGS, registry.Unit} else 1)]
    return [st.tuples(st.just(message), SECONDS, st.fixed_dictionaries(values)) for message, values in weighted]


def _untils() -> SearchStrategy[Any]:
    return st.none() | SECONDS.map(after)


def _to(people: list[str]) -> list[dict[str, Any]]:
    return [{"member_id": person, "channels": ()} for person in people]
