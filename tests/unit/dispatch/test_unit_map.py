"""Whatever moves, and however late a console is: what it shows of its view is what is so."""

import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.dispatch.application.map_sight import Sight
from services.dispatch.application.unit_map import REMEMBERED, News, UnitMap
from shared.vocabulary.boxes import WORLD, Box
from tests.builders.mapped_units import CITY, a_unit, duty_of, put

STATIONS = [f"{CITY}/440106/440106007", f"{CITY}/440106/440106008", f"{CITY}/440103/440103001"]
UNITS = [f"u{number}" for number in range(6)]
DEGREES = st.integers(0, 9).map(float)
VIEWS = st.one_of(
    st.just(WORLD),
    st.builds(
        lambda w, s, e, n: Box(w, min(s, n), e, max(s, n)), DEGREES, DEGREES, DEGREES, DEGREES
    ),  # also across the 180th meridian, and lines
)


class Console:
    """Follows the map as a browser does: the whole map first, then its view."""

    def __init__(self, units: UnitMap, node: str, view: Box) -> None:
        self.units = units
        self.node = node
        self.rows: dict[str, Any] = {}
        self._take(units.snapshot(Sight(node)))
        self.look_at(view)

    def look_at(self, view: Box) -> None:
        self.sight = Sight(self.node, view)
        self._take(self.units.snapshot(self.sight))

    def read(self) -> None:
        self._take(self.units.news(self.sight, self.version))

    def in_view(self) -> dict[str, Any]:
        return {unit_id: row for unit_id, row in self.rows.items() if self.sight.view.holds(row[4], row[5])}

    def _take(self, news: News) -> None:
        if news.kind == "snapshot":
            for unit_id in self.in_view() if self.rows else ():
                del self.rows[unit_id]
        self.rows.update({row[0]: row for row in map(json.loads, news.rows)})
        for unit_id in news.gone:
            self.rows.pop(unit_id, None)
        self.version = news.version


class MapMachine(RuleBasedStateMachine):
    """Consoles of the city, a district and a station, which read when they like."""

    def __init__(self) -> None:
        super().__init__()
        self.units = UnitMap()
        self.now_ms = 1
        self.consoles: list[Console] = []

    @initialize(views=st.lists(VIEWS, min_size=3, max_size=3))
    def open_consoles(self, views: list[Box]) -> None:
        nodes = (CITY, f"{CITY}/440106", STATIONS[0])
        self.consoles = [Console(self.units, node, view) for node, view in zip(nodes, views, strict=True)]

    @rule(unit_id=st.sampled_from(UNITS), station=st.sampled_from(STATIONS), lon=DEGREES, lat=DEGREES)
    def register(self, unit_id: str, station: str, lon: float, lat: float) -> None:
        put(self.units, a_unit(unit_id, lon, lat, path=station))

    @rule(unit_id=st.sampled_from(UNITS))
    def delete(self, unit_id: str) -> None:
        self.units.touch(unit_id).delete()

    @rule(unit_id=st.sampled_from(UNITS), sequence=st.integers(1, 9), people=st.integers(0, 3))
    def change_duty(self, unit_id: str, sequence: int, people: int) -> None:
        members = tuple(f"m{n}" for n in range(people))
        self.units.touch(unit_id).change_duty(duty_of(unit_id, *members), sequence)

    @rule(times=st.sampled_from([1, 1, 2, REMEMBERED + 1]))
    def publish(self, times: int) -> None:
        for _ in range(times):
            self.now_ms += 500
            while self.units.publish(self.now_ms):
                pass
            self.units.touch("never registered")

    @rule(number=st.integers(0, 2))
    def read(self, number: int) -> None:
        self.consoles[number].read()

    @rule(number=st.integers(0, 2), view=VIEWS)
    def look_elsewhere(self, number: int, view: Box) -> None:
        self.consoles[number].look_at(view)

    @invariant()
    def who_is_up_to_date_shows_what_is_so(self) -> None:
        for console in self.consoles:
            if console.version == self.units.version:
                truth = [json.loads(text) for text in self.units.snapshot(console.sight).rows]
                assert console.in_view() == {row[0]: row for row in truth}


MapMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestMap = MapMachine.TestCase


def test_a_lease_that_ends_is_published_though_nothing_is_said() -> None:
    units = UnitMap()
    put(units, a_unit("u1", 1, 1, path=STATIONS[0]))
    event = duty_of("u1", "m1", "m2", until="2026-05-01T02:00:10Z")
    units.touch("u1").change_duty(event, 1)
    assert event.until is not None
    ends_ms = int(event.until.timestamp() * 1000)
    units.look_again("u1", ends_ms)
    units.publish(ends_ms - 1)
    before = units.version
    units.publish(ends_ms - 1)
    assert units.version == before
    units.publish(ends_ms)
    [row] = units.news(Sight(CITY), before).rows
    assert json.loads(row)[6] == "off"


async def test_who_watches_is_woken() -> None:
    units, woken = UnitMap(), list[int]()
    with units.watch(lambda: woken.append(1)), units.watch(lambda: woken.append(2)):
        await units.wake_watchers()
    await units.wake_watchers()
    assert sorted(woken) == [1, 2]


def test_much_at_once_is_published_little_by_little() -> None:
    units = UnitMap()
    for number in range(12_000):
        put(units, a_unit(f"u{number}", 1, 1, path=STATIONS[0]))
    shown = []
    for more in (True, True, False):
        assert units.publish(1) == more
        shown.append(len(units.snapshot(Sight(CITY)).rows))
    assert shown == [5000, 10_000, 12_000]
    assert len(units.news(Sight(CITY), 0).rows) == 12_000
