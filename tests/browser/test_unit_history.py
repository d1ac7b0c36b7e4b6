"""What a unit has behind it, on the one map: in a real browser, on the real APIs."""

import re
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from services.analytics.application.ports import HistoryUnavailable, UnitQuestion
from services.analytics.domain.unit_history import DutyEntry, OrderEntry
from services.checkin.domain.accounts import Account, Right
from services.dispatch.adapters.incident_tail import IncidentTail
from services.dispatch.application.unit_map import UnitMap
from shared.contracts import duty, incident, registry
from shared.contracts.base import Message
from shared.contracts.envelope import Envelope
from shared.contracts.examples import example_of
from shared.contracts.topics import INCIDENTS
from shared.platform.records import Received, Record
from shared.vocabulary.terms import Role
from tests.browser.console_server import serving
from tests.browser.pages import faultless, is_accessible
from tests.browser.sessions import is_of, let_in
from tests.builders.analytics_world import analytics_on_fakes
from tests.builders.dispatch_api import dispatch_on_fakes
from tests.builders.dispatch_world import MemoryTail, MemoryViews
from tests.builders.mapped_units import a_unit, put
from tests.component.checkin.conftest import STATION_PATH, Desk, desk_on_fakes, manned
from tests.component.dispatch.fakes import MemoryIncidents
from tests.component.dispatch.fakes import SetClock as DispatchClock
from tests.conformance.analytics.happenings import Writer, after, keep
from tests.conformance.analytics.plain_history import PlainHistory
from tests.fakes.audit import MemoryAudit

OFFICER = Account("id-chen", "chen", "陈明", Right(Role.OFFICER, STATION_PATH, station_id="440106001"))
UNIT = {"unit_id": "u-1", "station_id": "440106001", "path": STATION_PATH}
CLASSES = {"i-now": "public-order", "i-drill": "rescue"}
NOW = after(48 * 3600)


class FickleHistory(PlainHistory):
    """Answers, unless it is away, or younger than all that happened."""

    is_away = is_young = False

    async def unit_duty(self, question: UnitQuestion) -> Sequence[DutyEntry]:
        if self.is_away:
            raise HistoryUnavailable("away")
        return [] if self.is_young else await super().unit_duty(question)

    async def unit_orders(self, question: UnitQuestion) -> Sequence[OrderEntry]:
        return [] if self.is_young else await super().unit_orders(question)


@dataclass
class ToldViews(MemoryViews):
    """The unit has an order to `i-now` that is open, unless it is idle."""

    is_idle: bool = False

    async def events(self, incident_id: str, after: int, limit: int) -> Sequence[dict[str, Any]]:
        order = {"assignee_kind": "unit", "assignee_id": "u-1", "assignee_station_id": "440106001"}
        told = [
            _told(1, incident.IncidentReported, _about(incident_id)),
            _told(2, incident.OrderIssued, {**_about(incident_id), **order}),
        ]
        return told[after : 2 if incident_id == "i-now" and not self.is_idle else 1]


def _about(incident_id: str) -> dict[str, Any]:
    about = {"incident_id": incident_id, "incident_class": CLASSES[incident_id], "drill": incident_id == "i-drill"}
    return {**about, "station_id": "440106001", "path": STATION_PATH}


def _stood_down() -> Received:
    """By the stream: the unit has nothing to do with `i-now` any more."""
    told = _told(3, incident.OrderWithdrawn, {**_about("i-now"), "assignee_kind": "unit", "assignee_id": "u-1"})
    body = incident.OrderWithdrawn.model_validate(told["data"])
    envelope = Envelope(told["id"], "/dispatch", told["type"], "i-now", NOW, "c", sequence=told["sequence"])
    return Received(Record(INCIDENTS.name, 0, 0, NOW, b"i-now", None, {}), envelope, body)


def _told(sequence: int, message: type[Message], values: dict[str, Any]) -> dict[str, Any]:
    body = message.model_validate({**example_of(message).model_dump(), **values, "at": NOW})
    about = {"sequence": sequence, "id": f"e-{sequence}", "type": body.ce_type(), "correlation_id": "c"}
    return {**about, "time": NOW.isoformat(), "data": body.model_dump(mode="json")}


def _past() -> Writer:
    """Thirty check-ins and -outs, and a drill in between."""
    writer = Writer()
    writer.write(registry.Unit, after(-9e6), **UNIT)
    for hour in range(0, 30, 2):
        writer.write(duty.MemberCheckedIn, after(hour * 3600), **UNIT, renewed=False)
        writer.write(duty.UnitDutyChanged, after(hour * 3600), **UNIT, state="on", on_duty=("m-1", "m-2"), quorum=2)
        writer.write(duty.MemberCheckedOut, after((hour + 1) * 3600), **UNIT, reason="lease-expired")
        writer.write(duty.UnitDutyChanged, after((hour + 1) * 3600), **UNIT, state="short", on_duty=("m-1",), quorum=2)
    order = {"order_id": "o", "assignee_kind": "unit", "assignee_id": "u-1", "incident_id": "i-drill", "drill": True}
    writer.write(incident.OrderIssued, after(29.5 * 3600), **order, incident_class="rescue", severity="serious")
    writer.write(incident.OrderAcknowledged, after(29.5 * 3600 + 12), **order)
    writer.write(incident.OrderDeclined, after(29.5 * 3600 + 40), **order, reason="too-far")
    return writer


@asynccontextmanager
async def at_work(history: PlainHistory) -> AsyncGenerator[Desk]:
    """The officer has a session."""
    await keep(history, _past().written)
    async with desk_on_fakes() as desk:
        await let_in(desk, OFFICER)
        desk.book.duties = {"u-1": manned("u-1", "m-2", quorum=2)}
        yield desk


@pytest.fixture
def history() -> FickleHistory:
    return FickleHistory(ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def tail() -> MemoryTail:
    """What the stream brings."""
    return MemoryTail([])


@pytest.fixture
def views() -> ToldViews:
    return ToldViews(MemoryIncidents(DispatchClock()))


@pytest.fixture
def site(history: FickleHistory, tail: MemoryTail, views: ToldViews) -> Generator[str]:
    units, incidents = UnitMap(), views.incidents
    put(units, a_unit("u-1", 113.3192, 23.1392, path=STATION_PATH, name="体育中心东门单元"))
    units.publish(0)
    units.is_complete = True
    for incident_id in CLASSES:
        report = {**example_of(incident.ReportIncident).model_dump(), **_about(incident_id)}
        incidents.decide(incident_id, incident.ReportIncident.model_validate(report))
    with serving(
        lambda: at_work(history),
        analytics=lambda: analytics_on_fakes(history, MemoryAudit()),
        dispatch=lambda: dispatch_on_fakes(incidents, views, tail=cast("IncidentTail", tail), units=units),
    ) as address:
        yield address


@pytest.fixture
def context(chromium: Browser, site: str) -> Generator[BrowserContext]:
    with faultless(chromium, base_url=site, locale="zh-CN", viewport={"width": 1440, "height": 900}) as context:
        is_of(context, OFFICER)
        yield context


@pytest.fixture
def panel(context: BrowserContext) -> Locator:
    """Of the unit, as the map shows it."""
    page = context.new_page()
    page.goto("/console/map?unit=u-1&duty=on")
    return page.get_by_role("complementary", name="单元")


def past(panel: Locator) -> Locator:
    return panel.locator("section").filter(has=panel.page.get_by_role("heading", name="历史")).locator("ol > li")


def test_the_last_twenty_are_told_in_words_and_more_on_asking(panel: Locator) -> None:
    entries = past(panel)
    expect(entries).to_have_count(20)
    expect(entries.nth(0)).to_contain_text("指令：求助服务")
    expect(entries.nth(0)).to_contain_text("演练")
    expect(entries.nth(0)).to_contain_text(re.compile("确认.*拒绝"))
    expect(entries.nth(1)).to_contain_text(re.compile("1 人报备到期.*低于定员.*在岗 1/2"))
    expect(entries.nth(2)).to_contain_text(re.compile("1 人上岗.*达到定员.*在岗 2/2"))
    panel.get_by_role("button", name="更多").click()
    expect(entries).to_have_count(31)
    expect(panel).to_contain_text("以上为最近 30 天的全部记录")
    expect(panel.get_by_role("button", name="更多")).to_have_count(0)
    is_accessible(panel.page)


def test_an_order_leads_to_its_incident_and_back_leads_to_the_unit(panel: Locator) -> None:
    page = panel.page
    past(panel).get_by_role("link").click()
    expect(page.get_by_role("complementary", name="警情")).to_contain_text("演练")
    expect(page).to_have_url(re.compile("duty=on"))
    page.go_back()
    expect(past(panel)).to_have_count(20)


def test_an_incident_of_this_moment_shows_though_the_history_does_not_know_it(panel: Locator) -> None:
    expect(panel.get_by_role("button", name="治安案件")).to_contain_text("处置中")
    expect(past(panel)).to_have_count(20)
    expect(past(panel).filter(has_text="治安案件")).to_have_count(0)


def test_what_happens_leaves_the_list_of_now_and_comes_into_the_history(
    panel: Locator, history: FickleHistory, tail: MemoryTail
) -> None:
    history.is_young = True
    panel.page.reload()
    expect(panel).to_contain_text("最近 30 天没有记录")
    expect(panel.get_by_role("button", name="治安案件")).to_be_visible()
    history.is_young = False
    tail.items.append(_stood_down())
    expect(panel.get_by_role("button", name="治安案件")).to_have_count(0, timeout=15_000)
    expect(past(panel)).to_have_count(20, timeout=15_000)  # the console lets the history follow for three seconds


def test_what_cannot_be_read_is_said_and_asked_for_again(
    panel: Locator, history: FickleHistory, views: ToldViews
) -> None:
    expect(past(panel)).to_have_count(20)
    history.is_away = True
    views.is_idle = True  # what happens would have it read again without being asked for
    page = panel.page
    page.reload()
    alert = panel.get_by_role("alert")
    expect(alert).to_contain_text("服务暂不可用", timeout=15_000)  # the console asks three times, two seconds apart
    is_accessible(page)
    history.is_away = False
    alert.get_by_role("button", name="重试").click()
    expect(past(panel)).to_have_count(20)
    expect(alert).to_have_count(0)


def test_a_unit_without_a_past_says_so_also_in_english(panel: Locator, history: FickleHistory) -> None:
    history.is_young = True
    page: Page = panel.page
    page.add_init_script("localStorage.setItem('meu.locale', 'en')")
    page.reload()
    expect(page.get_by_role("complementary", name="Unit")).to_contain_text("Nothing in the last 30 days")


def test_who_must_be_called_is_shown_in_full_on_asking(panel: Locator) -> None:
    people = panel.get_by_role("table").filter(has_text="至").first
    expect(people).to_contain_text("李*")
    expect(people).not_to_contain_text("10000000002")
    people.get_by_role("button", name="联系 李*").click()
    expect(people.get_by_role("link", name="10000000002")).to_have_attribute("href", "tel:10000000002")
    is_accessible(panel.page)
