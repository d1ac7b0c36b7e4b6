"""The planner: which event tells whom what, in which lane, and what it makes pointless."""

from datetime import timedelta
from typing import Any

import pytest

from services.notify.adapters.yaml_texts import YamlTexts
from services.notify.application.audiences import (
    Audience,
    OfficersAt,
    OfficersOfStation,
    OfficersWithin,
    OnDutyWithin,
    Person,
    UnitOnDuty,
)
from services.notify.application.planning import COHORT_MAX, Planner
from shared.contracts.base import Message
from shared.contracts.delivery import PlanDelivery, Recipient, WithdrawDelivery
from shared.contracts.generate import EXAMPLES, HERE
from shared.contracts.incident import (
    AssigneeArrived,
    BroadcastOrdered,
    BroadcastRecalled,
    IncidentCancelled,
    IncidentCleared,
    IncidentEscalated,
    IncidentReported,
    OrderAcknowledged,
    OrderCompleted,
    OrderDeclined,
    OrderIssued,
    OrderUnanswered,
    OrderWithdrawn,
    SightingReported,
)
from shared.contracts.registry import Channel
from shared.vocabulary.terms import ChannelKind, Lane
from tests.component.notify.fakes import T0, FakeBriefs, FakeClock, FakeCommands, FakePeople, FakePlanned

PATH, DISTRICT, CITY = "/440100/440106/440106007", "/440100/440106", "/440100"
UNIT = UnitOnDuty("unit-1")


def person(member_id: str, language: Any = "zh-CN", address: str = "10000000001") -> Person:
    return Person(Recipient(member_id=member_id, channels=(Channel(kind=ChannelKind.SMS, address=address),)), language)


def event(kind: type[Message], **changes: Any) -> Any:
    example = kind.model_validate_json((HERE / EXAMPLES / f"{kind.ce_type()}.json").read_bytes())
    common = {"incident_id": "i1", "path": PATH, "at": T0, "drill": False}
    if "order_id" in kind.model_fields:
        common |= {"order_id": "o1", "assignee_kind": "unit", "assignee_id": "unit-1"}
    return kind.model_validate({**example.model_dump(), **common, **changes})


def reported(tell: tuple[str, ...] = ("station",), **changes: Any) -> Any:
    playbook = event(IncidentReported).playbook.model_dump()
    return event(IncidentReported, playbook={**playbook, "tell": tell}, **changes)


class Rig:
    """A planner of all lanes, unless told otherwise, and its world."""

    def __init__(
        self, audiences: dict[Audience, list[Person]] | None = None, lanes: tuple[Lane, ...] = tuple(Lane)
    ) -> None:
        self.clock, self.commands, self.briefs, self.planned = FakeClock(), FakeCommands(), FakeBriefs(), FakePlanned()
        self.planner = Planner(
            lanes,
            briefs=self.briefs,
            people=FakePeople({UNIT: [person("a")]} if audiences is None else audiences),
            planned=self.planned,
            texts=YamlTexts(),
            commands=self.commands,
            clock=self.clock,
        )

    async def see(self, *events: Any) -> None:
        for number, each in enumerate(events):
            self.briefs.add(each)
            await self.planner.on_incident_event(each, f"event-{type(each).__name__}-{number}", "c1")

    def plans(self, purpose: str | None = None) -> list[PlanDelivery]:
        return [plan for plan in self.commands.of(PlanDelivery) if purpose in (None, plan.purpose)]

    def told(self, purpose: str) -> set[str]:
        return {r.member_id for plan in self.plans(purpose) for r in plan.recipients}

    def withdrawn(self) -> list[tuple[str, str]]:
        purposes = {plan.delivery_id: plan.purpose for plan in self.plans()}
        return [(purposes[w.delivery_id], w.reason) for w in self.commands.of(WithdrawDelivery)]


async def test_an_order_to_a_unit_is_told_to_its_members_on_duty_as_an_emergency() -> None:
    rig = Rig({UNIT: [person("a"), person("b")]})
    await rig.see(reported(description="有人持刀"), event(OrderIssued, distance_m=210.4))
    (plan,) = rig.plans("order")
    assert plan.lane is Lane.EMERGENCY
    assert [r.member_id for r in plan.recipients] == ["a", "b"]
    assert plan.actions == ("acknowledge", "decline", "arrive")
    assert (plan.order_id, plan.incident_id, plan.path) == ("o1", "i1", PATH)
    assert plan.expires_at == T0 + timedelta(minutes=15)
    for words in (plan.short_number, "210米", "有人持刀"):
        assert words in plan.text
    assert len(plan.short_number) == 4


async def test_a_unit_below_the_threat_rule_is_told_to_keep_away() -> None:
    rig = Rig()
    await rig.see(event(OrderIssued, role="observe"))
    assert "不要靠近" in rig.plans("order")[0].text


async def test_an_order_to_the_police_is_told_to_the_stations_officers() -> None:
    rig = Rig({OfficersOfStation("s9"): [person("officer")]})
    await rig.see(event(OrderIssued, assignee_kind="police", assignee_id="s9", distance_m=None))
    assert rig.told("order") == {"officer"}
    assert "None" not in rig.plans("order")[0].text


@pytest.mark.parametrize(
    ("severity", "drill", "lane"),
    [("minor", False, Lane.NORMAL), ("serious", False, Lane.EMERGENCY), ("critical", True, Lane.NORMAL)],
)
async def test_a_report_is_told_to_the_officers_that_the_playbook_names(severity: str, drill: bool, lane: Lane) -> None:
    levels = {OfficersAt(PATH): [person("s")], OfficersAt(DISTRICT): [person("d")], OfficersAt(CITY): [person("c")]}
    rig = Rig(dict(levels))
    await rig.see(reported(("station", "district"), severity=severity, drill=drill))
    assert rig.told("notice") == {"s", "d"}
    assert {plan.lane for plan in rig.plans()} == {lane}


@pytest.mark.parametrize(("level", "path"), [(1, PATH), (2, DISTRICT), (3, CITY), (4, CITY)])
async def test_an_escalation_is_told_to_the_next_levels_officers(level: int, path: str) -> None:
    rig = Rig({OfficersAt(path): [person("officer")]})
    await rig.see(event(IncidentEscalated, level=level, reason="stage-missed"))
    (plan,) = rig.plans("escalation")
    assert [r.member_id for r in plan.recipients] == ["officer"]
    assert plan.lane is Lane.EMERGENCY
    assert "超时未到位" in plan.text


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(OrderAcknowledged, "answered"), (OrderDeclined, "declined"), (OrderUnanswered, "unanswered")],
)
async def test_an_answered_order_is_withdrawn(answer: type[Message], reason: str) -> None:
    rig = Rig()
    await rig.see(reported(), event(OrderIssued), event(answer))
    assert rig.withdrawn() == [("order", reason)]


async def test_only_the_answered_order_is_withdrawn() -> None:
    rig = Rig({UNIT: [person("a")], UnitOnDuty("unit-2"): [person("b")]})
    await rig.see(event(OrderIssued), event(OrderIssued, order_id="o2", assignee_id="unit-2"))
    await rig.see(event(OrderAcknowledged, order_id="o2", assignee_id="unit-2"))
    (withdrawal,) = rig.commands.of(WithdrawDelivery)
    assert withdrawal.delivery_id == next(plan.delivery_id for plan in rig.plans() if plan.order_id == "o2")


async def test_who_is_stood_down_is_told_so() -> None:
    rig = Rig()
    await rig.see(event(OrderIssued), event(OrderWithdrawn, reason="assigned-elsewhere"))
    assert rig.withdrawn() == [("order", "assigned-elsewhere")]
    assert rig.told("stand-down") == {"a"}
    order, stand_down = rig.plans()
    assert order.short_number == stand_down.short_number
    assert "另有任务" in stand_down.text


async def test_an_orders_withdrawal_is_known_even_after_everything_is_forgotten() -> None:
    rig = Rig({UNIT: [person("a", "en")]})
    await rig.see(event(OrderIssued))
    rig.planned.incidents.clear()
    await rig.see(event(OrderAcknowledged))
    assert rig.plans()[0].delivery_id in {w.delivery_id for w in rig.commands.of(WithdrawDelivery)}


async def test_a_search_goes_to_everybody_on_duty_in_cohorts_and_is_recalled_everywhere() -> None:
    units, police = OnDutyWithin(DISTRICT), OfficersWithin(CITY)
    rig = Rig({units: [person(f"m{n}") for n in range(1200)], police: [person("officer"), person("m0")]})
    broadcast = event(BroadcastOrdered, broadcast_id="b1", audiences=("district-units", "city-police"), text="寻找女孩")
    await rig.see(reported(), broadcast)
    assert [len(plan.recipients) for plan in rig.plans("broadcast")] == [COHORT_MAX, COHORT_MAX, 201]
    assert {plan.lane for plan in rig.plans("broadcast")} == {Lane.BULK}
    assert all("寻找女孩" in plan.text for plan in rig.plans("broadcast"))
    await rig.see(event(BroadcastRecalled, broadcast_id="b1", reason="found"))
    assert rig.withdrawn() == [("broadcast", "found")] * 3
    assert rig.told("recall") == rig.told("broadcast")


async def test_addresses_that_are_long_make_cohorts_small_enough_for_a_record() -> None:
    rig = Rig({UNIT: [person(f"m{n}", address="x" * 4000) for n in range(500)]})
    await rig.see(event(OrderIssued))
    sizes = [len(plan.model_dump_json()) for plan in rig.plans()]
    assert max(sizes) < 500_000
    assert len(rig.told("order")) == 500


async def test_the_end_is_told_to_who_is_still_there_and_to_who_was_told_of_it() -> None:
    stays, left = UnitOnDuty("unit-1"), UnitOnDuty("unit-2")
    rig = Rig({stays: [person("stays")], left: [person("left")], OfficersAt(PATH): [person("officer")]})
    other = {"order_id": "o2", "assignee_id": "unit-2"}
    await rig.see(
        reported(),
        event(OrderIssued),
        event(OrderIssued, **other),
        event(AssigneeArrived),
        event(AssigneeArrived, **other),
        event(OrderCompleted, **other, reason="handed-over"),
        event(OrderCompleted, reason="cleared"),
        event(IncidentCleared, outcome="resolved"),
    )
    over = rig.plans("notice")[-1]
    assert {r.member_id for r in over.recipients} == {"stays", "officer"}
    assert over.lane is Lane.NORMAL
    assert ("notice", "cleared") in rig.withdrawn()


async def test_a_cancelled_incident_takes_everything_back() -> None:
    rig = Rig({OfficersAt(PATH): [person("officer")]})
    await rig.see(reported(), event(IncidentEscalated, level=1), event(IncidentCancelled, reason="false-alarm"))
    assert sorted(rig.withdrawn()) == [("escalation", "cancelled"), ("notice", "cancelled")]
    assert "误报" in rig.plans("notice")[-1].text


async def test_everybody_is_told_in_their_own_language() -> None:
    rig = Rig({UNIT: [person("a"), person("b", "en")]})
    await rig.see(event(OrderIssued))
    texts = {plan.recipients[0].member_id: plan.text for plan in rig.plans()}
    assert "紧急指令" in texts["a"]
    assert "Emergency order" in texts["b"]
    assert len({plan.short_number for plan in rig.plans()}) == 1


@pytest.mark.parametrize(("language", "mark"), [("zh-CN", "【演练】"), ("en", "[DRILL]")])
async def test_a_drill_is_marked_and_never_takes_the_emergency_lane(language: str, mark: str) -> None:
    audiences: dict[Audience, list[Person]] = {UNIT: [person("a", language)], OfficersAt(PATH): [person("o", language)]}
    rig = Rig(audiences)
    await rig.see(
        reported(drill=True, severity="critical"),
        event(OrderIssued, drill=True),
        event(OrderWithdrawn, drill=True),
        event(IncidentEscalated, drill=True, level=1),
        event(IncidentCleared, drill=True),
    )
    assert len(rig.plans()) == 5
    assert all(plan.text.startswith(mark) and plan.drill for plan in rig.plans())
    assert {plan.lane for plan in rig.plans()} == {Lane.NORMAL}
    assert {command.lane for command in rig.commands.commands} == {Lane.NORMAL}


async def test_nobody_to_tell_is_planned_all_the_same_so_that_the_gap_shows() -> None:
    rig = Rig({})
    await rig.see(event(OrderIssued))
    (plan,) = rig.plans()
    assert plan.recipients == ()


async def test_the_same_event_twice_asks_for_the_same() -> None:
    rig = Rig()
    await rig.see(event(OrderIssued))
    await rig.see(event(OrderIssued))
    assert len({command.command_id for command in rig.commands.commands}) == 1
    assert len({plan.delivery_id for plan in rig.plans()}) == 1


async def test_a_planner_plans_and_withdraws_only_in_its_lanes() -> None:
    audiences: dict[Audience, list[Person]] = {UNIT: [person("a")], OfficersAt(PATH): [person("o")]}
    story = (reported(severity="minor"), event(OrderIssued), event(IncidentCleared))
    whole = Rig(audiences)
    await whole.see(*story)
    parts = [Rig(audiences, lanes=(lane,)) for lane in Lane]
    for part in parts:
        part.planned = whole.planned
        await part.see(*story)
        assert {command.lane for command in part.commands.commands} <= set(part.planner._lanes)  # pyright: ignore
    assert sum(len(part.plans()) for part in parts) == len(whole.plans())


async def test_history_is_no_news() -> None:
    rig = Rig()
    rig.clock.go(timedelta(days=2).total_seconds())
    await rig.see(event(OrderIssued))
    assert rig.commands.commands == []


async def test_what_concerns_nobody_tells_nobody() -> None:
    rig = Rig()
    await rig.see(event(SightingReported), event(AssigneeArrived))
    assert rig.commands.commands == []
